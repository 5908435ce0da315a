/**
 * The steps that make a container out of a process in its namespaces, and the one place that says their order.
 *
 * The first steps, done with the host's rights before there are namespaces to be in, are in
 * `../process/container_process.ts`; so is the making and joining of namespaces.
 *
 * @module
 */
import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import { makeDevices } from "../rootfs/devices.ts";
import { explainRootfsError } from "../rootfs/explain.ts";
import { finishRoot } from "../rootfs/finish.ts";
import { maskPaths } from "../rootfs/masked_paths.ts";
import { mountAll } from "../rootfs/mounts.ts";
import { enterRoot } from "../rootfs/pivot.ts";
import { makeTerminal } from "../rootfs/pty.ts";
import { prepareRoot } from "../rootfs/prepare.ts";
import { makePathsReadonly } from "../rootfs/readonly_paths.ts";
import { writeSysctls } from "../rootfs/sysctl.ts";
import { setAttributes } from "./attributes.ts";
import type { InitContext } from "./context.ts";
import { setNoNewPrivileges } from "./credentials.ts";
import { explainProcessError } from "./explain.ts";
import { setNames } from "./host_names.ts";
import { setApparmorProfile, setSelinuxLabel } from "./labels.ts";
import { raiseLoopback } from "./loopback.ts";
import { type BeforeUser, prepareProgram } from "./program.ts";
import { joinKeyring } from "./session.ts";
import type { Program } from "./tail.ts";

/** A step: queues calls, and flushes where it needs an answer. */
type Step = (kernel: Kernel, config: Config, context: InitContext) => void;

/** Steps after which the process is set to work while runt goes on to queue the next ones. */
const PUSHED_AFTER = new Set(["network", "mounts", "pivot", "masks"]);

const STEPS: readonly (readonly [name: string, step: Step])[] = [
  // Before anything of the container is looked at: keys of the caller are none of its business.
  ["keyring", joinKeyring],
  // Needs nothing of the rootfs; a sysctl below may need `lo` to be there.
  ["network", raiseLoopback],
  // From here to `pivot` the host's mounts are still in sight, as sources of binds.
  ["rootfs", prepareRoot],
  ["mounts", mountAll],
  // After the mounts, since /dev is one of them.
  ["devices", makeDevices],
  // The last moment at which hooks see the host's files.
  ["hooks", (kernel, _, { beforePivot }) => beforePivot?.(kernel)],
  ["pivot", enterRoot],
  // Of the devpts that the container sees; /dev/console may have to be made, while the root can be written.
  ["terminal", makeTerminal],
  // Read-only root and final propagation: nothing may be made in the root after this.
  ["finish", finishRoot],
  ["uts", setNames],
  // A profile takes effect with the program; it is chosen before no_new_privs keeps the process from choosing.
  ["apparmor", (kernel, { process }) => setApparmorProfile(kernel, process)],
  // The container's /proc is in place, and not yet read-only.
  ["sysctl", writeSysctls],
  ["readonly", makePathsReadonly],
  ["masks", maskPaths],
  // After the last mount. Before the user changes: an unprivileged user may set it too, but runc sets it here.
  ["noNewPrivileges", setNoNewPrivileges],
  // With the rights of before. Not earlier: none of the steps shall run with a deadline, or on one node's memory.
  ["attributes", (kernel, { process }) => setAttributes(kernel, process)],
  // The label of the program; the steps themselves are done with the caller's.
  ["selinux", (kernel, { process }) => setSelinuxLabel(kernel, process)],
];

/**
 * Runs the steps on the kernel of the container's process, up to but without waiting and exec.
 *
 * @param beforeUser what runt does when all is set up and the process still has its rights
 * @returns what is to be executed, looked up in the container as its user
 * @throws {KernelError | RuntError} from the first step that fails
 */
export function setUp(kernel: Kernel, config: Config, context: InitContext, beforeUser: BeforeUser): Program {
  try {
    for (const [name, step] of STEPS) {
      kernel.where = { step: name };
      step(kernel, config, context);
      if (PUSHED_AFTER.has(name)) kernel.push();
    }
    return prepareProgram(kernel, config, context, beforeUser);
  } catch (error) {
    throw explainProcessError(explainRootfsError(kernel, config, error), config);
  }
}
