import { isDirectory, lookAt, readTextFile, rename, writeFile } from "../../ffi/files.ts";
import { RuntError } from "../error.ts";
import type { Hooks } from "../spec/hooks.ts";

/** The file of a container's facts, in its state directory. */
export const STATE_FILE = "state.json";

/** What tells a mount from others; see `rootfs/host_root.ts`. */
interface MountFacts {
  readonly id: number;
  readonly unique: number;
  readonly file: string;
}

/** The mounts of a container among the host's. */
export interface HostMounts {
  /** Where they are: the rootfs. */
  readonly path: string;
  /** The mount namespace, as its link below /proc has it. */
  readonly namespace: string;
  /** The kernel's id of the boot. */
  readonly boot: string;
  readonly base: MountFacts;
  /** On top of it: the container's root. */
  readonly top: MountFacts;
}

/**
 * Facts of a container, as they stand in `state.json`. What changes by itself (is it running?) is not here: see
 * `container_status.ts`. Names that runc has too are runc's, since monitoring tools read them.
 */
export interface StateFile {
  readonly id: string;
  /** Pid of the init process on the host; 0 as long as there is none. */
  readonly init_process_pid: number;
  /** Its start time in clock ticks since boot (field 22 of `proc_pid_stat(5)`), which tells it from a later one. */
  readonly init_process_start: number;
  /** RFC 3339, UTC. */
  readonly created: string;
  readonly config: {
    readonly rootfs: string;
    /** `bundle=…` and annotations as `key=value`. */
    readonly labels: readonly string[];
    /** The capabilities, namespaces and the like that `exec` needs. */
    readonly version: string;
  };
  /** Absolute cgroup directories by controller; `""` on cgroup v2. */
  readonly cgroup_paths: Readonly<Record<string, string>>;
  /** Its group in resctrl, which what is executed in it joins; `linux.intelRdt` of config.json. */
  readonly intel_rdt_path?: string;
  readonly intel_rdt_mon_path?: string;
  /** runt's own. */
  readonly runt: {
    readonly bundle: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly cgroupsPath: string;
    readonly systemdCgroup: boolean;
    /** It is the systemd of a user that has made its cgroup. */
    readonly systemdUser?: boolean;
    /** Whether the container has a pid namespace of its own, whose end ends all in it. */
    readonly ownPidNamespace: boolean;
    /** Whether it has a session keyring of its own, which what is executed in it later joins. */
    readonly newKeyring: boolean;
    /** Groups of resctrl that go with it. */
    readonly resctrl?: readonly string[];
    /** Set where the container has no mount namespace, from when its mounts are made: they have to be unmounted. */
    readonly hostMounts?: HostMounts;
    /** Hooks that are still to be run; the bundle may be gone by then. */
    readonly hooks?: Pick<Hooks, "poststart" | "poststop">;
  };
}

/**
 * Writes the facts so that a reader sees the old ones or the new ones, whole.
 *
 * @param directory the container's state directory
 */
export function writeState(directory: string, state: StateFile): void {
  prepareState(directory, state)();
}

/**
 * Writes the facts beside the old ones.
 *
 * @returns what puts them into their place
 */
export function prepareState(directory: string, state: StateFile): () => void {
  const temporary = `${directory}/.${STATE_FILE}`;
  writeFile(temporary, JSON.stringify(state), { mode: 0o600 });
  return () => rename(temporary, `${directory}/${STATE_FILE}`);
}

/** The inode of facts that {@linkcode prepareState} has written, which they keep in their place. */
export function preparedInode(directory: string): number | undefined {
  return lookAt(`${directory}/.${STATE_FILE}`)?.inode;
}

/**
 * Reads the facts.
 *
 * @returns undefined when the directory has none: its maker died before it wrote them, or is just making them
 * @throws {RuntError} `not-found` when there is no such container; `io` when the file is not what it must be
 */
export function readState(directory: string): StateFile | undefined {
  let text: string;
  try {
    text = readTextFile(`${directory}/${STATE_FILE}`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) {
      throw new RuntError("io", `cannot read ${directory}/${STATE_FILE}`, { cause });
    }
    if (isDirectory(directory)) return undefined;
    // runc's text; clients look for it.
    throw new RuntError("not-found", "container does not exist");
  }
  try {
    const state = JSON.parse(text) as StateFile;
    if (typeof state.init_process_pid === "number" && typeof state.runt?.bundle === "string") return state;
  } catch { /* told below */ }
  throw new RuntError("io", `cannot read ${directory}/${STATE_FILE}: it is not a state file of runt`, {
    hint: "`runt delete --force` removes what can be found of the container",
  });
}
