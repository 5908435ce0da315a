/**
 * All properties of a container's unit: what it is, what limits it from its start on, and what does so only when the
 * container's root is set up.
 *
 * @see systemd.resource-control(5)
 * @module
 */
import { readTextFile } from "../../../ffi/files.ts";
import type { CgroupMode } from "../../host/cgroup_hierarchies.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { defaultDeviceRules } from "../controllers/default_devices.ts";
import { roundQuota } from "./cpu_quota.ts";
import { deviceProperties } from "./device_properties.ts";
import { type Property, property } from "./property.ts";
import {
  limitPropertiesV1,
  limitPropertiesV2,
  pidsProperty,
  type SystemdFacts,
} from "./resource_properties.ts";
import { isSlice, type Unit } from "./unit.ts";
import { unifiedProperties } from "./unified_properties.ts";

/** The limits with their quota as systemd will have it, so that the same is written to the cgroup. */
export function rounding(resources: LinuxResources): LinuxResources {
  return resources.cpu ? { ...resources, cpu: roundQuota(resources.cpu) } : resources;
}

/** What a unit is: a slice, or a scope with a process in it. */
export function basicProperties(unit: Unit, pid: number, mode: CgroupMode): Property[] {
  const { slice, container } = unit, yes = (name: string) => property(name, "b", true);
  return [
    property("Description", "s", `libcontainer container ${container}`),
    ...(isSlice(unit)
      ? [property("Wants", "as", [slice])]
      : [property("Slice", "s", slice), yes("Delegate")]),
    property("PIDs", "au", [pid]),
    yes("MemoryAccounting"),
    yes("CPUAccounting"),
    yes(mode === "unified" ? "IOAccounting" : "BlockIOAccounting"),
    yes("TasksAccounting"),
    property("DefaultDependencies", "b", false),
  ];
}

/** What limits it from its start on. */
export function limitProperties(
  resources: LinuxResources,
  mode: CgroupMode,
  facts: SystemdFacts,
): Property[] {
  if (mode !== "unified") return limitPropertiesV1(resources, facts);
  const unified = unifiedProperties(resources.unified ?? {}, facts, (file) => !isLate(file));
  return [...limitPropertiesV2(resources, facts), ...unified];
}

/**
 * What holds only when the root is set up.
 *
 * @param devicePaths paths of the container's devices; undefined to leave devices as they are
 */
export function lateProperties(
  { devices = [], pids, unified }: LinuxResources,
  mode: CgroupMode,
  facts: SystemdFacts,
  devicePaths: readonly string[] | undefined,
): Property[] {
  const { version, warn } = facts, known = () => readTextFile("/proc/devices");
  const rules = devicePaths && [...devices, ...defaultDeviceRules(devicePaths)];
  return [
    ...(rules ? deviceProperties(rules, version, known, warn) : []),
    ...(pids ? pidsProperty(pids) : []),
    ...(mode === "unified" ? unifiedProperties(unified ?? {}, facts, isLate) : []),
  ];
}

function isLate(file: string): boolean {
  return file.startsWith("pids.");
}
