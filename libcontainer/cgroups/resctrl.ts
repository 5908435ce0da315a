/**
 * `linux.intelRdt`: the container's group in resctrl, the kernel's file system for shares of caches and of the memory's
 * bandwidth. A directory in it is a class of service, and its `tasks` are the processes that belong to it.
 *
 * @see https://docs.kernel.org/filesystems/resctrl.html
 * @module
 */
import { RuntError } from "../error.ts";
import type { LinuxIntelRdt } from "../spec/linux.ts";
import { cgroupFileExists, readCgroupFile, systemError, writeCgroupFile } from "./cgroup_file.ts";

const PATH = "linux.intelRdt";

/** A container's group. */
export class ResctrlGroup {
  readonly #root: string;
  readonly #rdt: LinuxIntelRdt;
  /** The class of service: one of the container's own, or one that `closID` names. */
  readonly directory: string;
  /** The group in which the container alone is watched, if it shall have one. */
  readonly monitoring: string | undefined;
  /**
   * What goes with the container: its own class, if nobody had made it before, with all that is in it; of one that it
   * shares its monitoring group.
   */
  readonly removed: readonly string[];

  /**
   * @param rdt checked before
   * @param root where resctrl is mounted
   * @param id the container's
   */
  constructor(rdt: LinuxIntelRdt, root: string, id: string) {
    const { closID = "", enableMonitoring } = rdt;
    this.#rdt = rdt;
    this.#root = root;
    // "/" is the class that all processes are in which are in no other.
    this.directory = closID === "/" ? root : `${root}/${closID || id}`;
    this.monitoring = enableMonitoring ? `${this.directory}/mon_groups/${id}` : undefined;
    const isOwn = closID === "" && !cgroupFileExists(root, id);
    this.removed = isOwn ? [this.directory] : this.monitoring ? [this.monitoring] : [];
  }

  /**
   * Makes the group, puts a process into it, and writes the shares.
   *
   * @throws {RuntError} with what resctrl says of the last command
   */
  apply(pid: number): void {
    const { closID = "", l3CacheSchema = "", memBwSchema = "", schemata = [] } = this.#rdt;
    const lines = [l3CacheSchema, memBwSchema, ...schemata].filter(Boolean);
    if (closID && !lines.length) this.#lookAtClass();
    this.#makeAndJoin(this.directory, pid);
    if (this.monitoring) this.#makeAndJoin(this.monitoring, pid);
    writeSchemata(this.#root, this.directory, lines);
  }

  #lookAtClass(): void {
    try {
      Deno.lstatSync(this.directory);
    } catch (cause) {
      const message =
        "unable to apply Intel RDT configuration: clos dir not accessible (must be pre-created when " +
        `schemata, l3CacheSchema and memBwSchema are empty): stat ${this.directory}: ${
          systemError(cause).text
        }`;
      throw new RuntError("invalid-config", message, { path: `${PATH}.closID` });
    }
  }

  #makeAndJoin(directory: string, pid: number): void {
    attempt(this.#root, `mkdir ${directory}`, () => {
      if (directory !== this.#root) Deno.mkdirSync(directory, { recursive: true, mode: 0o755 });
    });
    attempt(this.#root, `unable to add pid ${pid}`, () => writeCgroupFile(directory, "tasks", String(pid)));
  }
}

/**
 * Changes a group's shares; those that are not named stay.
 *
 * @param root where resctrl is mounted
 * @param directory the group
 * @param lines of its file `schemata`, such as `L3:0=f`
 * @throws {RuntError} with what resctrl says of the last command
 */
export function writeSchemata(root: string, directory: string, lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join("");
  if (!text) return;
  attempt(
    root,
    `unable to write ${JSON.stringify(text)}`,
    () => writeCgroupFile(directory, "schemata", text),
  );
}

function attempt(root: string, what: string, body: () => void): void {
  try {
    body();
  } catch (cause) {
    const message = `unable to apply Intel RDT configuration: intelrdt: ${what}: ${systemError(cause).text}`;
    throw new RuntError("kernel", message + lastStatus(root), { path: PATH });
  }
}

/** resctrl says there in words what an errno cannot. */
function lastStatus(root: string): string {
  try {
    return `, last_cmd_status: ${readCgroupFile(`${root}/info`, "last_cmd_status").trim()}`;
  } catch {
    return "";
  }
}
