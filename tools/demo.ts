/**
 * Runs a container: makes a bundle of busybox in a temporary directory and hands it to the built executable.
 *
 * ```
 * deno task demo                 what a container sees of itself
 * deno task demo ls -l /dev      a command of busybox's
 * ```
 *
 * @module
 */
import { makeBundle } from "../tests/support/bundle.ts";
import { ensureBuilt, EXECUTABLE } from "./ensure_built.ts";

const SCRIPT = `
echo "Hello from a container, $(id -un) on $(hostname), pid $$"
echo; echo "its root:";       ls -C /
echo; echo "its processes:";  ps -o pid,user,args
echo; echo "its mounts:";     cut -d' ' -f1-3 /proc/mounts | head -n 8
echo; echo "its capabilities:"; grep Cap /proc/self/status
`;

function print(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** @returns the container's exit code */
function main(args: readonly string[]): number {
  if (Deno.uid() !== 0) {
    print("demo: run as root\n");
    return 1;
  }
  if (Deno.env.get("RUNT") === undefined && ensureBuilt()) print(`built ${EXECUTABLE}\n`);
  using bundle = makeBundle((config) => {
    config.process.args = args.length > 0 ? [...args] : ["sh", "/demo"];
    config.hostname = "demo";
  });
  Deno.writeTextFileSync(`${bundle.rootfs}/demo`, SCRIPT);
  const root = Deno.makeTempDirSync({ prefix: "runt-demo-" });
  const command = ["--root", root, "run", "--bundle", bundle.directory, `demo-${Deno.pid}`];
  print(`$ runt ${command.join(" ")}\n`);
  try {
    const program = Deno.env.get("RUNT") ?? EXECUTABLE;
    return new Deno.Command(program, { args: command, stdin: "null", stdout: "inherit", stderr: "inherit" })
      .outputSync().code;
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    Deno.exit(main(Deno.args));
  } catch (error) {
    print(`demo: ${(error as Error).message}\n`);
    Deno.exit(1);
  }
}
