import type { Kernel } from "../../ffi/kernel.ts";
import type { TerminalConfig } from "../config/config.ts";
import type { RootfsContext } from "../rootfs/context.ts";
import type { Pty, Root } from "../rootfs/root.ts";

/** Who owns what a standard stream is open on, found out before the process changes its user. */
export interface StdioOwner {
  readonly fd: number;
  readonly uid: number;
  /** `/dev/null` belongs to all and is left alone. */
  readonly isDevNull: boolean;
  /** It stays whose it is, whoever the program's user is. */
  readonly stays?: boolean;
}

/** What the last steps need to know beside the config. Plain data, like the config. */
export interface ProgramContext {
  /** Descriptors below this one go to the container's program: the standard streams and the preserved ones. */
  readonly firstFreeFd: number;
  /** The control socket. */
  readonly control: number;
  readonly stdio: readonly StdioOwner[];
  /** Descriptors above the program's that must stay open until it is executed; undefined in self mode: Deno has its own. */
  readonly kept: readonly number[] | undefined;
  /** Highest capability of this kernel. */
  readonly lastCap: number;
  /** Self mode: mounts that were made by runt, by their place in config.json. */
  readonly sources?: readonly (readonly [at: string, fd: number])[] | undefined;
  /**
   * Hands the descriptor by which a filter tells of calls to the agent: one of the container's process, which keeps it
   * until this returns. Undefined where there is no such filter.
   */
  readonly sendListener?: (descriptor: number) => void;
  /** runt's user is not root: he may fetch a descriptor only from a process that he may trace. */
  readonly fetchedByUser?: boolean;
  /** Restricts the process by Landlock, where the config asks for that. */
  readonly restrict?: (kernel: Kernel) => void;
  /** Whether `/proc/self/setgroups` of the user namespace says `deny`. */
  readonly setgroupsDenied: boolean;
  /** Makes the terminal of a process that is executed in a container: few have one. */
  readonly openTerminal?: (kernel: Kernel, terminal: TerminalConfig) => Pty;
  /** The process's terminal, once it was made. */
  readonly root: Pick<Root, "pty">;
}

/** What the steps of a container's first process need to know beside the config. */
export interface InitContext extends RootfsContext, ProgramContext {
  /** Self mode: descriptor of the FIFO to wait for; undefined when nobody has to start the container. */
  readonly execFifo?: number | undefined;
  readonly firstFreeFd: number;
  readonly kept: readonly number[] | undefined;
  readonly stdio: readonly StdioOwner[];
  readonly root: Root;
  /** What is done when all mounts and devices are there and the host's are still in sight: hooks. */
  readonly beforePivot?: (kernel: Kernel) => void;
}
