import { RuntError } from "../libcontainer/error.ts";
import type { Logger } from "../libcontainer/log.ts";
import type { RuntimeOptions } from "../libcontainer/lifecycle/options.ts";
import { absolutePath } from "./_absolute_path.ts";
import type { FlagSet, FlagValues } from "./_command.ts";
import { parseBoolean } from "./_flags.ts";

const FLAGS = {
  debug: "boolean",
  log: "string",
  "log-format": "string",
  root: "string",
  "systemd-cgroup": "boolean",
  rootless: "string",
  init: "string",
  criu: "string",
} as const;

/** Flags of every command; as in runc they may stand before the command or among its own. */
export const GLOBAL_FLAGS = { flags: FLAGS } satisfies FlagSet;

/** Flags that stand before the command only. */
export const FRONT_FLAGS = {
  flags: { help: "boolean", version: "boolean" },
  aliases: { h: "help", v: "version" },
} satisfies FlagSet;

/** The flag that every command has. */
export const HELP_FLAG = { flags: { help: "boolean" }, aliases: { h: "help" } } satisfies FlagSet;

/** Values of the global flags. */
export type GlobalValues = FlagValues<typeof FLAGS>;

/**
 * Makes the library's options of the global flags and the environment.
 *
 * @throws RuntError `usage` for a value that means nothing
 */
export function resolveRuntimeOptions(values: GlobalValues, log: Logger): RuntimeOptions {
  return {
    root: resolveRoot(values.root),
    systemdCgroup: values["systemd-cgroup"] ?? false,
    rootless: resolveRootless(values.rootless),
    init: resolveInit(values.init ?? Deno.env.get("RUNT_INIT")),
    log,
    debug: values.debug ?? false,
  };
}

function resolveRoot(given: string | undefined): string {
  if (given === undefined) {
    const runtimeDirectory = Deno.env.get("XDG_RUNTIME_DIR");
    if (!runtimeDirectory || !isRootless()) return "/run/runt";
    return makeStickyRoot(`${runtimeDirectory}/runt`);
  }
  const root = absolutePath(given);
  // "", "." in "/", "../../.." all end here: containers would become directories of the host's root.
  if (root === "/") throw new RuntError("usage", "Option --root argument should not be set to /");
  return root;
}

/** Whether the caller is not the real root, by runc's rules for where the state is kept. */
function isRootless(): boolean {
  if (Deno.uid() !== 0) return true;
  if (Deno.env.get("USER") === "root") return false;
  try {
    // The initial user namespace maps all ids; see user_namespaces(7).
    return !/^\s*0\s+0\s+4294967295\s*$/.test(Deno.readTextFileSync("/proc/self/uid_map"));
  } catch {
    return false;
  }
}

/** What lies below $XDG_RUNTIME_DIR may be pruned unless it has the sticky bit (XDG Base Directory Specification). */
function makeStickyRoot(root: string): string {
  try {
    Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
    Deno.chmodSync(root, 0o1700);
  } catch (cause) {
    const hint = "$XDG_RUNTIME_DIR must be a directory that the caller may write to";
    throw new RuntError("io", `Cannot prepare the state directory "${root}"`, { cause, hint });
  }
  return root;
}

function resolveRootless(given: string | undefined): RuntimeOptions["rootless"] {
  if (given === undefined || given === "" || given.toLowerCase() === "auto") return "auto";
  const value = parseBoolean(given);
  if (value === undefined) {
    throw new RuntError("usage", `invalid --rootless: ${given}`, { hint: "true, false or auto" });
  }
  return value ? "true" : "false";
}

function resolveInit(given: string | undefined): RuntimeOptions["init"] {
  if (given === undefined || given === "" || given === "image") return "image";
  if (given === "self") return "self";
  throw new RuntError("usage", `invalid --init: ${given}`, { hint: "image or self" });
}
