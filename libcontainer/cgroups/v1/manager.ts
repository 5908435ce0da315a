import { O_CLOEXEC, O_DIRECTORY, O_PATH, O_WRONLY } from "../../../ffi/constants/open.ts";
import { EACCES, EBUSY, EPERM, EROFS } from "../../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../../ffi/kernel.ts";
import { RuntError } from "../../error.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { applySettings, readCgroupNumber, systemError } from "../cgroup_file.ts";
import { cpuset } from "../controllers/cpuset.ts";
import { cpuV1, realtimeV1 } from "../controllers/cpu.ts";
import { memoryV1 } from "../controllers/memory.ts";
import { pids } from "../controllers/pids.ts";
import { oomKills } from "../look.ts";
import { MadeDirectories } from "../made_directories.ts";
import type { CgroupManager, CgroupRequest, FreezerState, ResourcePart } from "../manager.ts";
import { isOptional } from "../optional_controller.ts";
import { cgroupExists, cgroupProcesses, refuseOccupied } from "../processes.ts";
import { removeCgroups } from "../remove.ts";
import { prepareCpuset } from "./cpuset.ts";
import { setDevicesV1 } from "./devices.ts";
import { freezerStateV1, freezeV1 } from "./freezer.ts";
import { setMoreV1 } from "./more_resources.ts";

/** A container's cgroups in the hierarchies of v1, and where there is one in the v2 mount beside them. */
export class CgroupManagerV1 implements CgroupManager {
  readonly mode: "legacy" | "hybrid";
  readonly #paths: Record<string, string>;
  readonly #request: CgroupRequest;
  readonly #kernel: Kernel | undefined;
  /** Set when the directories are somebody else's. */
  #foreign = false;
  /** Set when the process starts in the v2 hierarchy. */
  #cloned = false;

  /**
   * @param mode whether there is a v2 mount too
   * @param paths directories by controller
   * @param kernel of this process
   */
  constructor(
    mode: "legacy" | "hybrid",
    request: CgroupRequest,
    paths: Readonly<Record<string, string>>,
    kernel?: Kernel,
  ) {
    this.mode = mode;
    this.#kernel = kernel;
    this.#request = request;
    this.#paths = { ...paths };
  }

  get paths(): Readonly<Record<string, string>> {
    return this.#paths;
  }

  refuseOccupied(): void {
    // As runc: one hierarchy stands for all.
    if (this.exists()) refuseOccupied(this.#paths.devices!, () => this.freezerState());
  }

  prepare(): void {
    const made = new MadeDirectories(), { cpu = {} } = this.#request.resources ?? {};
    try {
      for (const [controller, dir] of Object.entries(this.#paths)) {
        const fresh = this.#make(made, controller, dir);
        if (controller === "cpuset" && fresh !== undefined) prepareCpuset(dir, cpuset(cpu), fresh);
        if (controller === "cpu" && fresh !== undefined) applySettings(dir, "cpu", realtimeV1(cpu));
      }
    } catch (error) {
      this.#foreign = true;
      made.undo();
      throw error;
    }
  }

  set(resources: LinuxResources, part: ResourcePart = "all"): void {
    const { memory, cpu, pids: limit, devices } = resources, paths = this.#paths;
    if (part !== "limits") {
      if (part !== "update") this.#setDevices(devices ?? []);
      if (limit) applySettings(paths.pids, "pids", pids(limit));
      if (part === "devices") return;
    }
    if (cpu) applySettings(paths.cpuset, "cpuset", cpuset(cpu));
    if (memory) this.#setMemory(memory);
    if (cpu) applySettings(paths.cpu, "cpu", [...cpuV1(cpu), ...realtimeV1(cpu)]);
    setMoreV1(paths, resources);
  }

  queueJoin(kernel: Kernel, wholeProcess = false): void {
    const done = new Set<string>(), { id, path } = this.#request, name = path === "" ? id : undefined;
    for (const [controller, dir] of Object.entries(this.#paths)) {
      // Controllers may share a hierarchy.
      if (done.has(dir)) continue;
      done.add(dir);
      if (controller === "" && this.#cloned) continue;
      const file = wholeProcess || controller === "" ? "cgroup.procs" : "tasks";
      const accept = isOptional(controller) ? "any" : [];
      kernel.at({ step: "cgroup", path: "linux.cgroupsPath", what: controller }, () => {
        const tasks = kernel.below(dir, name, `/${file}`);
        const fd = kernel.openat(AT_FDCWD, tasks, O_WRONLY | O_CLOEXEC, 0, { accept });
        const join = () => {
          kernel.write(fd, "0", { accept });
          kernel.close(fd);
        };
        if (isOptional(controller)) kernel.when(fd, "ok", join);
        else join();
      });
    }
  }

  openForClone(): number | undefined {
    // The v2 hierarchy of a hybrid host has no `tasks`, and its `cgroup.procs` waits for an RCU period (10 ms).
    const unified = this.#paths[""];
    if (unified === undefined || !this.#kernel || this.#request.rootless) return undefined;
    const accept = "any", flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    const fd = this.#kernel.openat(AT_FDCWD, unified, flags, 0, { accept });
    if (!fd.ok) return undefined;
    this.#cloned = true;
    return fd.value;
  }

  pids(all = false): number[] {
    const dir = this.#paths.devices;
    return dir === undefined ? [] : cgroupProcesses(dir, all);
  }

  exists(): boolean {
    return cgroupExists(this.#paths.devices, this.#kernel);
  }

  freeze(state: "FROZEN" | "THAWED"): void {
    const dir = this.#paths.freezer;
    if (dir !== undefined) return freezeV1(dir, state);
    throw new RuntError("unsupported", "cannot toggle freezer: cgroups not configured for container");
  }

  freezerState(): FreezerState {
    const dir = this.#paths.freezer;
    return dir === undefined ? "UNDEFINED" : freezerStateV1(dir);
  }

  oomKillCount(): number {
    return oomKills(this.#paths);
  }

  remove(): void {
    if (!this.#foreign) removeCgroups(Object.values(this.#paths));
  }

  /** Makes a directory; false when it was there, undefined when the container does without this controller. */
  #make(made: MadeDirectories, controller: string, dir: string): boolean | undefined {
    try {
      const fresh = made.make(dir);
      const { systemd } = this.#request;
      if (!fresh && !systemd && (controller === "devices" || controller === "freezer")) {
        refuseOccupied(dir, () => this.freezerState());
      }
      // Another's: the container's process could not join it, nor `delete` remove it. v2 has no `tasks`.
      if (!fresh && this.#request.rootless) {
        openForWriting(`${dir}/${controller === "" ? "cgroup.procs" : "tasks"}`);
      }
      return fresh;
    } catch (error) {
      if (error instanceof RuntError) throw error;
      const { errno, text } = systemError(error);
      if (isOptional(controller)) {
        delete this.#paths[controller];
        return undefined;
      }
      const denied = errno === EACCES || errno === EPERM || errno === EROFS;
      if (denied && this.#request.rootless && !this.#request.path) {
        delete this.#paths[controller];
        return undefined;
      }
      const message = `unable to apply cgroup configuration: mkdir ${dir}: ${text}`;
      throw new RuntError("kernel", message, { path: "linux.cgroupsPath", cause: error });
    }
  }

  #setDevices(rules: NonNullable<LinuxResources["devices"]>): void {
    const dir = this.#paths.devices, { rootless, inUserNamespace, devicePaths = [] } = this.#request;
    if (inUserNamespace) return;
    try {
      if (dir === undefined) throw new RuntError("unsupported", "mountpoint for devices not found");
      setDevicesV1(dir, rules, devicePaths);
    } catch (error) {
      if (!rootless) throw error;
    }
  }

  #setMemory(memory: NonNullable<LinuxResources["memory"]>): void {
    const dir = this.#paths.memory ?? "";
    const settings = memoryV1(memory, {
      limit: () => readCgroupNumber(dir, "memory.limit_in_bytes") ?? Infinity,
      countsSwap: () => readCgroupNumber(dir, "memory.memsw.limit_in_bytes") !== undefined,
    });
    try {
      applySettings(this.#paths.memory, "memory", settings);
    } catch (error) {
      if (!(error instanceof RuntError) || systemError(error.cause).errno !== EBUSY) throw error;
      if (!error.path?.endsWith(".limit")) throw error;
      const usage = readCgroupNumber(dir, "memory.usage_in_bytes");
      const peak = readCgroupNumber(dir, "memory.max_usage_in_bytes");
      const message = `unable to set memory limit to ${memory.limit} (current usage: ${usage}, ` +
        `peak usage: ${peak})`;
      throw new RuntError("kernel", message, { path: error.path, cause: error });
    }
  }
}

/** Throws if a file cannot be opened for writing. */
function openForWriting(path: string): void {
  Deno.openSync(path, { write: true }).close();
}
