import { O_CLOEXEC, O_DIRECTORY, O_PATH, O_WRONLY } from "../../../ffi/constants/open.ts";
import { EACCES, EPERM, EROFS } from "../../../ffi/errno.ts";
import { AT_FDCWD, type Kernel } from "../../../ffi/kernel.ts";
import { RuntError } from "../../error.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { applySettings, readCgroupNumber, systemError } from "../cgroup_file.ts";
import { cpuset } from "../controllers/cpuset.ts";
import { cpuV2 } from "../controllers/cpu.ts";
import { defaultDeviceRules } from "../controllers/default_devices.ts";
import { accessBits, RWM } from "../controllers/device_rules.ts";
import { memoryV2 } from "../controllers/memory.ts";
import { pids } from "../controllers/pids.ts";
import { oomKills } from "../look.ts";
import { MadeDirectories } from "../made_directories.ts";
import type { CgroupManager, CgroupRequest, FreezerState, ResourcePart } from "../manager.ts";
import { cgroupExists, cgroupProcesses, refuseOccupied } from "../processes.ts";
import { removeCgroups } from "../remove.ts";
import { completeUpdate } from "./complete_update.ts";
import { createCgroup, needsDomain } from "./create.ts";
import { setDevicesV2 } from "./devices.ts";
import { freezerStateV2, freezeV2 } from "./freezer.ts";
import { setMoreV2 } from "./more_resources.ts";
import { setUnified } from "./unified.ts";

/** A container's cgroup in the one hierarchy of v2. */
export class CgroupManagerV2 implements CgroupManager {
  readonly mode = "unified";
  readonly #root: () => string;
  readonly #dir: string;
  readonly #request: CgroupRequest;
  readonly #kernel: Kernel | undefined;
  /** Why the container has no cgroup of its own: the caller may not make one. */
  #denied = false;
  /** Processes are cloned into the cgroup, so they need not join. */
  #cloned = false;
  /** Set when the directory is somebody else's. */
  #foreign = false;

  /**
   * @param root where v2 is mounted; asked only when the cgroup is made
   * @param dir the cgroup's directory
   * @param kernel of this process, for the device filter and {@linkcode openForClone}
   */
  constructor(root: () => string, dir: string, request: CgroupRequest, kernel?: Kernel) {
    this.#root = root;
    this.#dir = dir;
    this.#request = request;
    this.#kernel = kernel;
  }

  get paths(): Readonly<Record<string, string>> {
    return { "": this.#dir };
  }

  refuseOccupied(): void {
    if (this.exists()) refuseOccupied(this.#dir, () => this.freezerState());
  }

  prepare(): void {
    const made = new MadeDirectories(), { rootless, path, resources = {}, systemd } = this.#request;
    try {
      const fresh = createCgroup(this.#root(), this.#dir, resources, made);
      if (!fresh && !systemd) refuseOccupied(this.#dir, () => this.freezerState());
    } catch (error) {
      this.#foreign = true;
      made.undo();
      if (error instanceof RuntError) throw error;
      const { errno, text } = systemError(error);
      const denied = errno === EACCES || errno === EPERM || errno === EROFS;
      if (denied && rootless && !path) {
        this.#denied = true;
        if (!needsDomain(resources) && resources.pids?.limit === undefined) return;
      }
      const message = `unable to apply cgroup configuration: mkdir ${this.#dir}: ${text}`;
      throw new RuntError("kernel", message, {
        path: "linux.cgroupsPath",
        cause: error,
        ...(this.#denied && {
          hint: "rootless needs no limits + no cgrouppath when no permission is granted for cgroups",
        }),
      });
    }
  }

  set(resources: LinuxResources, part: ResourcePart = "all"): void {
    if (this.#denied) return;
    if (part === "update") resources = completeUpdate(this.#dir, resources);
    const { memory, cpu, pids: limit, devices, unified } = resources, dir = this.#dir;
    if (part !== "devices") {
      if (memory) {
        applySettings(dir, "memory", memoryV2(memory, () => readCgroupNumber(dir, "memory.current")));
      }
      if (cpu) applySettings(dir, "cpu", cpuV2(cpu));
      if (cpu) applySettings(dir, "cpuset", cpuset(cpu));
      setMoreV2(dir, resources);
      if (unified) setUnified(dir, unified, (file) => !isLate(file));
    }
    if (part !== "limits") {
      if (part !== "update") this.#setDevices(devices ?? []);
      if (limit) applySettings(dir, "pids", pids(limit));
      if (unified) setUnified(dir, unified, isLate);
    }
  }

  queueJoin(kernel: Kernel): void {
    if (this.#denied || this.#cloned) return;
    // Who may make a cgroup may not always move to it (cgroups(7), delegation).
    const { rootless, path } = this.#request, options = rootless && !path ? { accept: [EACCES, EPERM] } : {};
    kernel.at({ step: "cgroup", path: "linux.cgroupsPath", what: this.#dir }, () => {
      const fd = kernel.openat(AT_FDCWD, `${this.#dir}/cgroup.procs`, O_WRONLY | O_CLOEXEC);
      kernel.write(fd, "0", options);
      kernel.close(fd);
    });
  }

  openForClone(): number | undefined {
    if (this.#denied || !this.#kernel || this.#request.rootless) return undefined;
    this.#cloned = true;
    return this.#kernel.openat(AT_FDCWD, this.#dir, O_PATH | O_DIRECTORY | O_CLOEXEC).value;
  }

  pids(all = false): number[] {
    return cgroupProcesses(this.#dir, all);
  }

  exists(): boolean {
    return cgroupExists(this.#dir, this.#kernel);
  }

  freeze(state: "FROZEN" | "THAWED"): void {
    freezeV2(this.#dir, state);
  }

  freezerState(): FreezerState {
    return freezerStateV2(this.#dir);
  }

  oomKillCount(): number {
    return this.#denied ? 0 : oomKills({ "": this.#dir });
  }

  remove(): void {
    if (!this.#foreign) removeCgroups([this.#dir]);
  }

  #setDevices(rules: NonNullable<LinuxResources["devices"]>): void {
    const kernel = this.#kernel, { rootless, inUserNamespace, devicePaths = [] } = this.#request;
    if (!kernel) throw new RuntError("internal", "Cannot set a device filter: no kernel was given");
    const all = [...rules, ...defaultDeviceRules(devicePaths)];
    try {
      setDevicesV2(kernel, this.#dir, all, rules.length);
    } catch (error) {
      // Where bpf(2) is forbidden, a filter that only allows is no loss; nor has a user namespace a say about devices.
      const harmless = all.every(({ allow, access }) => allow && accessBits(access ?? "") === RWM);
      if (rootless || inUserNamespace || harmless) return;
      throw error;
    }
  }
}

/** Files that say over again what is not written before the root is set up. */
function isLate(file: string): boolean {
  return file.startsWith("pids.");
}
