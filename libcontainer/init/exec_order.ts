/**
 * The steps of a process that is executed in a running container, once it is in its namespaces
 * (`../process/joined_process.ts`), and the one place that says their order: runc's.
 *
 * @module
 */
import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { setAttributes } from "./attributes.ts";
import type { ProgramContext } from "./context.ts";
import { setNoNewPrivileges } from "./credentials.ts";
import { explainProcessError } from "./explain.ts";
import { setApparmorProfile, setSelinuxLabel } from "./labels.ts";
import { type BeforeUser, prepareProgram } from "./program.ts";
import { shareKeyring } from "./session.ts";
import type { Program } from "./tail.ts";

/** A step: queues calls, and flushes where it needs an answer. */
type Step = (kernel: Kernel, config: Config, context: ProgramContext) => void;

const STEPS: readonly (readonly [name: string, step: Step])[] = [
  // Before anything of the container is looked at: keys of the caller are none of its business.
  ["keyring", shareKeyring],
  // Of the devpts that the container sees, and with the rights to open it.
  ["terminal", makeTerminal],
  // A profile takes effect with the program; it is chosen before no_new_privs keeps the process from choosing.
  ["apparmor", (kernel, { process }) => setApparmorProfile(kernel, process)],
  ["noNewPrivileges", setNoNewPrivileges],
  ["umask", setUmask],
  // With the rights of before.
  ["attributes", (kernel, { process }) => setAttributes(kernel, process)],
  ["selinux", (kernel, { process }) => setSelinuxLabel(kernel, process)],
];

/**
 * Runs the steps on the kernel of the process, up to but without exec.
 *
 * @param beforeUser as for `prepareProgram()`
 * @returns what is to be executed
 * @throws {KernelError | RuntError} from the first step that fails
 */
export function setUpExec(
  kernel: Kernel,
  config: Config,
  context: ProgramContext,
  beforeUser: BeforeUser,
): Program {
  try {
    for (const [name, step] of STEPS) {
      kernel.where = { step: name };
      step(kernel, config, context);
    }
    return prepareProgram(kernel, config, context, beforeUser);
  } catch (error) {
    throw explainProcessError(error, config);
  }
}

/** A terminal of its own; the container's /dev/console stays what it is. */
function makeTerminal(kernel: Kernel, { process: { terminal } }: Config, context: ProgramContext): void {
  if (!terminal) return;
  if (!context.openTerminal) throw new RuntError("internal", "nobody makes the terminal");
  context.root.pty = context.openTerminal(kernel, terminal);
}

/** The container's umask, where its config has one; else the caller's stays, as in runc. */
function setUmask(kernel: Kernel, { process: { umask } }: Config): void {
  if (umask !== undefined) kernel.umask(umask);
}
