import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import type { ProgramContext } from "./context.ts";
import { queueUser } from "./credentials.ts";
import { prepareEnvironment } from "./environment.ts";
import { closeDescriptors } from "./first_steps.ts";
import { queueLookPath } from "./look_path.ts";
import { needsFilterLate, setFilter } from "./seccomp.ts";
import type { Program } from "./tail.ts";

/**
 * What runt does between the last step and the change of user: raising a limit, for one, is not permitted to others
 * than a process of the same user.
 *
 * @param master the container's terminal, a descriptor of its process, to be fetched now
 */
export type BeforeUser = (master: number | undefined) => void;

/**
 * The last steps before the tail, of a container's first process (`order.ts`) and of those that are executed in it
 * later (`exec_order.ts`): the environment, the user with its capabilities, the program.
 *
 * @param beforeUser what runt does when all is set up and the process still has its rights
 * @returns what is to be executed, looked up in the container as its user
 * @throws {KernelError | RuntError} from the first step that fails
 */
export function prepareProgram(
  kernel: Kernel,
  config: Config,
  context: ProgramContext,
  beforeUser: BeforeUser,
): Program {
  kernel.where = { step: "user" };
  const { process } = config;
  // Before the user changes: /etc/passwd is read with the rights of before, as runc does.
  const env = prepareEnvironment(kernel, process.env, process.uid);
  // After the last mount, which it forbids; before the filter, which may forbid it; with CAP_SYS_ADMIN still there. As
  // with a filter, the program is looked up and startContainer hooks are run under it.
  context.restrict?.(kernel);
  const master = context.root.pty?.master;
  beforeUser(master?.value);
  if (master) kernel.close(master);
  const { seccomp } = config, late = needsFilterLate(config);
  // What is left of ours goes before the filter, which may not know close_range(2), and before the program is looked up:
  // one named /proc/self/fd/7/../… would be found through a directory of ours (CVE-2024-21626).
  const left = context.kept;
  if (left) closeDescriptors(kernel, context.firstFreeFd, left);
  // Without no_new_privs it takes CAP_SYS_ADMIN, which is about to go.
  if (seccomp && !late) setFilter(kernel, seccomp, context);
  const checkUser = queueUser(kernel, config, context);
  kernel.where = { step: "exec" };
  const findProgram = queueLookPath(kernel, process.args[0] ?? "", env);
  kernel.flush();
  checkUser();
  const program = { file: findProgram(), args: process.args, env };
  if (!seccomp) return program;
  const behindFilter = left ? { ...program, left } : program;
  if (!late) return behindFilter;
  if (seccomp.listenerPath === undefined) return { ...program, seccomp };
  // Somebody must be here to fetch the descriptor.
  setFilter(kernel, seccomp, context);
  return behindFilter;
}
