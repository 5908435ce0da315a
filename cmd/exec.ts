import { RuntError } from "../libcontainer/error.ts";
import { absolutePath } from "./_absolute_path.ts";
import type { Command } from "./_command.ts";
import { ExitError } from "./_exit_error.ts";

const FLAGS = {
  "console-socket": "string",
  "pidfd-socket": "string",
  cwd: "string",
  env: "strings",
  tty: "boolean",
  user: "string",
  "additional-gids": "integers",
  process: "string",
  detach: "boolean",
  "pid-file": "string",
  "process-label": "string",
  apparmor: "string",
  "no-new-privs": "boolean",
  cap: "strings",
  "preserve-fds": "integer",
  cgroup: "strings",
  "ignore-paused": "boolean",
  "no-subreaper": "boolean",
} as const;

/** Flags that make of an exec what no answer can do. */
const UNUSUAL = [
  "console-socket",
  "pidfd-socket",
  "tty",
  "process",
  "pid-file",
  "preserve-fds",
  "cgroup",
  "ignore-paused",
] as const;

/** Flags with which engines execute what stands in a file. */
const OF_ENGINES: readonly string[] = ["process", "pid-file", "detach"];

/** What runc's exec ends with when it fails itself. */
const FAILED = 255;

/** `runt exec`: executes a process in a running container. */
export const execCommand: Command<typeof FLAGS> = {
  name: "exec",
  flags: FLAGS,
  aliases: { e: "env", t: "tty", u: "user", g: "additional-gids", p: "process", d: "detach", c: "cap" },
  operands: [1, Infinity],
  flagsFirst: true,
  async run({ flags, operands, runtime }) {
    try {
      const pidFile = flags["pid-file"],
        pidfdSocket = flags["pidfd-socket"],
        preserveFds = flags["preserve-fds"] ?? 0;
      if (preserveFds < 0) {
        throw new RuntError("usage", `invalid --preserve-fds: ${preserveFds} is negative`);
      }
      const { execInContainer } = await import("../libcontainer/lifecycle/exec.ts");
      return await execInContainer(runtime, operands[0]!, {
        process: {
          args: operands.slice(1),
          cwd: flags.cwd,
          env: flags.env ?? [],
          terminal: flags.tty ?? false,
          user: flags.user,
          additionalGids: flags["additional-gids"] ?? [],
          selinuxLabel: flags["process-label"],
          apparmorProfile: flags.apparmor,
          noNewPrivileges: flags["no-new-privs"],
          caps: flags.cap ?? [],
        },
        processFile: flags.process || undefined,
        detach: flags.detach ?? false,
        pidFile: pidFile ? absolutePath(pidFile) : undefined,
        preserveFds,
        consoleSocket: flags["console-socket"] || undefined,
        ...(pidfdSocket ? { pidfdSocket } : {}),
        cgroups: flags.cgroup ?? [],
        ignorePaused: flags["ignore-paused"] ?? false,
        ...(UNUSUAL.some((flag) => flags[flag])
          ? {}
          : { given: Deno.args.slice(Deno.args.indexOf("exec") + 1) }),
        onlyProcessFile: operands.length === 1 &&
          Object.keys(flags).every((flag) => OF_ENGINES.includes(flag)),
      });
    } catch (cause) {
      const code = cause instanceof RuntError ? cause.code : "internal";
      throw new ExitError(FAILED, code, "exec failed", { cause });
    }
  },
};
