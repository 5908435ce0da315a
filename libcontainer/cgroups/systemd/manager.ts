/**
 * A container's cgroup, made by systemd: it starts a scope with the container's first process in it, and keeps the limits
 * that it has properties for. The others are written to the cgroup, which the scope delegates.
 *
 * A scope needs a process from its start on. So what for other cgroups is done before the process is there is done here when
 * it was made and before it goes on ({@linkcode SystemdCgroup.placeProcess}).
 *
 * @module
 */
import type { Kernel } from "../../../ffi/kernel.ts";
import { isDirectory } from "../../../ffi/files.ts";
import { RuntError } from "../../error.ts";
import type { CgroupHierarchies } from "../../host/cgroup_hierarchies.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { readCgroupFile, readCgroupNumber } from "../cgroup_file.ts";
import type { CgroupManager, CgroupRequest, FreezerState, ResourcePart } from "../manager.ts";
import { openCgroupManager } from "../manager.ts";
import { cgroupPaths } from "../path.ts";
import { memoryV2 } from "../controllers/memory.ts";
import { completeUpdate } from "../v2/complete_update.ts";
import { isPeriodAlone, withoutIdleWeight } from "./beside_systemd.ts";
import { describeProperties, type Property } from "./property.ts";
import { ServiceManager } from "./service_manager.ts";
import { expandSlice, type Unit, unitOf } from "./unit.ts";
import { basicProperties, lateProperties, limitProperties, rounding } from "./unit_properties.ts";
import { oomPolicy, unifiedProperties } from "./unified_properties.ts";

/** What is known of the container beside what every cgroup manager is told. */
export interface SystemdRequest extends CgroupRequest {
  /** Properties that its annotations ask for. */
  readonly properties?: readonly Property[];
  /** Told of what systemd cannot have. */
  warn(text: string): void;
}

/**
 * The cgroup of a new container.
 *
 * @param kernel of this process
 * @throws {RuntError} with runc's texts where systemd does not run, or cannot do it
 */
export function makeSystemdCgroup(
  request: SystemdRequest,
  host: { readonly cgroups: CgroupHierarchies },
  kernel: Kernel,
): SystemdCgroup {
  if (!isDirectory("/run/systemd/system")) {
    throw new RuntError(
      "unsupported",
      "systemd not running on this host, cannot use systemd cgroups manager",
      {
        hint: "leave --systemd-cgroup away",
      },
    );
  }
  const { rootless: user = false, id } = request;
  if (user && host.cgroups.mode !== "unified") {
    throw new RuntError("unsupported", "cannot use rootless systemd cgroups manager on cgroup v1", {
      hint: "leave --systemd-cgroup away",
    });
  }
  const unit = unitOf(request.path, id, user), systemd = serviceManager(request, kernel);
  // Where a user's systemd has its units depends on where it is itself.
  const above = user ? systemd.controlGroup() : "";
  const paths = cgroupPaths(`${above}${expandSlice(unit.slice)}/${unit.name}`, id, host.cgroups);
  return new SystemdCgroup(unit, systemd, openCgroupManager(request, host, paths, kernel), request);
}

/**
 * The cgroup of a container that was made before.
 *
 * @param paths `cgroup_paths` of state.json
 */
export function openSystemdCgroup(
  request: SystemdRequest,
  host: { readonly cgroups: CgroupHierarchies },
  paths: Readonly<Record<string, string>>,
  kernel: Kernel,
): SystemdCgroup {
  const unit = unitOf(request.path, request.id, request.rootless ?? false);
  const inner = openCgroupManager(request, host, paths, kernel);
  return new SystemdCgroup(unit, serviceManager(request, kernel), inner, request, true);
}

function serviceManager(request: SystemdRequest, kernel: Kernel): ServiceManager {
  const { rootless: user = false, inUserNamespace = false } = request;
  return new ServiceManager(kernel, { user, inUserNamespace, warn: (text) => request.warn(text) });
}

/** The cgroup. */
export class SystemdCgroup implements CgroupManager {
  readonly #unit: Unit;
  readonly #systemd: ServiceManager;
  readonly #inner: CgroupManager;
  readonly #request: SystemdRequest;
  /** Whether the unit is there. */
  #started: boolean;

  /** @param inner the cgroup's files */
  constructor(
    unit: Unit,
    systemd: ServiceManager,
    inner: CgroupManager,
    request: SystemdRequest,
    started = false,
  ) {
    this.#unit = unit;
    this.#systemd = systemd;
    this.#inner = inner;
    this.#request = request;
    this.#started = started;
  }

  get mode() {
    return this.#inner.mode;
  }

  get paths(): Readonly<Record<string, string>> {
    return this.#inner.paths;
  }

  get ofUser(): boolean {
    return this.#request.rootless ?? false;
  }

  refuseOccupied(): void {
    this.#inner.refuseOccupied();
  }

  /** Only makes sure that systemd is there: without a process it starts no scope. */
  prepare(): void {
    this.#systemd.connect();
  }

  placeProcess(pid: number): void {
    const { resources = {} } = this.#request, rounded = rounding(resources);
    const properties = [
      ...basicProperties(this.#unit, pid, this.mode),
      ...this.#request.properties ?? [],
      ...oomPolicy(this.mode === "unified" ? resources.unified : undefined, this.#facts.version),
      ...limitProperties(rounded, this.mode, this.#facts),
    ];
    const { name } = this.#unit;
    try {
      this.#systemd.startTransientUnit(name, properties);
    } catch (cause) {
      const message = `unable to start unit "${name}" (properties ${describeProperties(properties)})`;
      throw applying(new RuntError("kernel", message, { cause }));
    }
    this.#started = true;
    try {
      this.#inner.prepare();
      this.#writeFiles(rounded, "limits");
    } catch (cause) {
      throw applying(cause);
    }
  }

  set(given: LinuxResources, part: ResourcePart = "all"): void {
    // With the unit, when there is a process.
    if (!this.#started) return;
    const unified = this.mode === "unified", dir = this.paths[""]!;
    const resources = rounding(part === "update" && unified ? completeUpdate(dir, given) : given);
    const { memory } = resources;
    // For its refusal: once systemd has lowered the limit it is too late.
    if (unified && part === "update" && memory) {
      memoryV2(memory, () => readCgroupNumber(dir, "memory.current"));
    }
    const properties = [
      ...(part === "devices" ? [] : limitProperties(resources, this.mode, this.#facts)),
      ...(part === "limits"
        ? []
        : lateProperties(resources, this.mode, this.#facts, this.#devicePaths(part))),
    ];
    const old = part === "update" && unified ? this.#filesNow() : undefined;
    this.#setProperties(properties, part);
    try {
      this.#writeFiles(resources, part);
    } catch (error) {
      // The files are put back by whoever asked for the change; systemd would write its own over them some day.
      if (old) this.#systemd.setUnitProperties(this.#unit.name, unifiedProperties(old, this.#facts));
      throw error;
    } finally {
      this.#systemd[Symbol.dispose]();
    }
  }

  queueJoin(kernel: Kernel): void {
    // On v1 systemd knows some of the controllers only.
    if (this.mode !== "unified") this.#inner.queueJoin(kernel);
  }

  openForClone(): undefined {
    return undefined;
  }

  pids(all?: boolean): number[] {
    return this.#inner.pids(all);
  }

  exists(): boolean {
    return this.#inner.exists();
  }

  freeze(state: "FROZEN" | "THAWED"): void {
    this.#inner.freeze(state);
  }

  freezerState(): FreezerState {
    return this.#inner.freezerState();
  }

  oomKillCount(): number {
    // A cgroup whose last process was killed is gone with its unit.
    return this.exists() ? this.#inner.oomKillCount() : 0;
  }

  remove(): void {
    try {
      this.#systemd.stopUnit(this.#unit.name);
    } catch (error) {
      // Without systemd there is no unit; without its answer nobody shall be kept from removing the rest.
      if (!(error instanceof RuntError)) throw error;
      this.#request.warn(`cannot stop ${this.#unit.name}: ${error.message}`);
    } finally {
      this.#systemd[Symbol.dispose]();
    }
    this.#inner.remove();
  }

  get #facts() {
    return { version: () => this.#systemd.version(), warn: (text: string) => this.#request.warn(text) };
  }

  /** Paths of the container's devices where their rules are set: not later, nor where the kernel gives no say about them. */
  #devicePaths(part: ResourcePart): readonly string[] | undefined {
    const { devicePaths = [], inUserNamespace, rootless } = this.#request;
    return part === "update" || inUserNamespace || rootless ? undefined : devicePaths;
  }

  #writeFiles(resources: LinuxResources, part: ResourcePart): void {
    const beside = this.mode === "unified"
      ? withoutIdleWeight(resources, () => this.#systemd.version())
      : resources;
    const { cpu } = beside;
    if (this.mode !== "unified" || !isPeriodAlone(cpu)) return this.#inner.set(beside, part);
    // Whatever property is changed, systemd writes all of its own some time after it has answered.
    this.#systemd.settle();
    this.#inner.set(beside, part);
    if (part === "devices") this.#inner.set({ cpu: cpu! }, "limits");
  }

  #setProperties(properties: readonly Property[], part: ResourcePart): void {
    if (!properties.length) return;
    // On v1 systemd writes device rules anew by denying all first: nobody may notice.
    const freezes = this.mode !== "unified" && part !== "devices" && this.freezerState() === "THAWED";
    if (freezes) this.freeze("FROZEN");
    try {
      this.#systemd.setUnitProperties(this.#unit.name, properties);
    } catch (cause) {
      throw new RuntError("kernel", "unable to set unit properties", { cause });
    } finally {
      if (freezes) this.freeze("THAWED");
    }
  }

  /** The limits as they are, by file of v2. */
  #filesNow(): Record<string, string> {
    const files: Record<string, string> = {};
    for (const file of ["memory.max", "memory.low", "memory.swap.max", "cpu.weight", "cpu.max", "pids.max"]) {
      try {
        files[file] = readCgroupFile(this.paths[""]!, file).trim();
      } catch {
        // No such controller.
      }
    }
    return files;
  }
}

/** runc's words for all that goes wrong before the process is in its cgroup. */
function applying(cause: unknown): RuntError {
  const code = cause instanceof RuntError ? cause.code : "kernel";
  return new RuntError(code, "unable to apply cgroup configuration", { path: "linux.cgroupsPath", cause });
}
