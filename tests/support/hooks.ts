/**
 * Hooks that write down what they see.
 *
 * @module
 */
import { type Bundle, type Config, makeBundle } from "./bundle.ts";

/** The kinds, in the order in which they are run. */
export const KINDS = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
] as const;

/** A kind of hook. */
export type Kind = (typeof KINDS)[number];

/** Where the container sees the directory of records. */
const INSIDE = "/records";

/** What a hook saw: a text for each thing. */
export type Sight = Record<string, string>;

/** A bundle, and a directory that its hooks write to. */
export interface HookBundle extends Bundle {
  readonly records: string;
  /** The names of the hooks that were run, in order. */
  order(): string[];
  /** What a hook saw; its name is its kind, with a number where there are several. */
  sight(name: string): Sight;
  /** Forgets all. */
  clear(): void;
}

const RECORD = `
name=$1 directory=$2
echo "$name" >> "$directory/order"
exec > "$directory/$name" 2>&1
tell() { echo "--- $1"; }
tell arguments; echo "$@"
tell state; cat; echo
tell environment; cat /proc/self/environ | tr '\\0' '\\n' | grep -v '^_=\\|^OLDPWD=\\|^SHLVL=\\|^RUNT_INIT=' | sort
tell directory; pwd
tell descriptors; ls /proc/self/fd | tr '\\n' ' '; echo
tell umask; umask
tell files; ulimit -n
for ns in cgroup ipc mnt net pid user uts; do tell $ns; readlink /proc/self/ns/$ns; done
tell signals; grep '^SigBlk\\|^SigIgn\\|^SigCgt' /proc/self/status
tell rights; grep '^Cap\\|^NoNewPrivs\\|^Seccomp:\\|^[UG]id' /proc/self/status
tell cgroup; cat /proc/self/cgroup
tell adjustment; cat /proc/self/oom_score_adj
`;

/** A hook that records. It is a shell's script, which does not depend on what is in the path. */
export function recordingHook(
  bundle: { readonly records: string },
  kind: Kind,
  name: string = kind,
  part: Config = {},
): Config {
  const directory = kind === "startContainer" ? INSIDE : bundle.records;
  return {
    path: "/bin/sh",
    args: ["sh", "-c", RECORD, "sh", name, directory],
    env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "A=1"],
    ...part,
  };
}

/** A hook that runs a line of shell, with the names of the records' directory in `$1`. */
export function shellHook(bundle: { readonly records: string }, kind: Kind, script: string): Config {
  return {
    path: "/bin/sh",
    args: ["sh", "-c", script, "sh", kind === "startContainer" ? INSIDE : bundle.records],
    env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
  };
}

/** Makes a bundle whose container sees the directory of records as {@linkcode INSIDE}. */
export function makeHookBundle(change: (config: Config, bundle: HookBundle) => void): HookBundle {
  const records = Deno.makeTempDirSync({ prefix: "runt-hooks-" });
  Deno.chmodSync(records, 0o777);
  const bundle = makeBundle();
  const order = `${records}/order`;
  // Hooks of another user write to it as well.
  const begin = () => {
    Deno.writeTextFileSync(order, "");
    Deno.chmodSync(order, 0o666);
  };
  begin();
  const made: HookBundle = {
    ...bundle,
    records,
    order: () => Deno.readTextFileSync(order).split("\n").filter(Boolean),
    sight: (name) => parseSight(Deno.readTextFileSync(`${records}/${name}`)),
    clear: () => {
      for (const { name } of Deno.readDirSync(records)) Deno.removeSync(`${records}/${name}`);
      begin();
    },
    [Symbol.dispose]: () => {
      bundle[Symbol.dispose]();
      Deno.removeSync(records, { recursive: true });
    },
  };
  made.update((config) => {
    config.mounts.push({ destination: INSIDE, type: "bind", source: records, options: ["rbind", "rw"] });
    change(config, made);
  });
  return made;
}

function parseSight(text: string): Sight {
  const sight: Sight = {};
  for (const part of text.split(/^--- /m).slice(1)) {
    const end = part.indexOf("\n");
    sight[part.slice(0, end)] = part.slice(end + 1).trimEnd();
  }
  return sight;
}
