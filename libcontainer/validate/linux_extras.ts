import { memberPath } from "../spec/problem.ts";
import type { LinuxMemoryPolicy } from "../spec/linux.ts";
import type { Check, CheckContext, Report } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";
import { objectionToList } from "./number_list.ts";

/** The parts of `linux` that few configs have. Texts are runc's where it has one. */
export const checkLinuxExtras: Check = (context) => {
  const { spec: { linux = {} }, error, warn } = context;
  if (linux.memoryPolicy !== undefined) checkMemoryPolicy(linux.memoryPolicy, error);
  if (linux.intelRdt !== undefined) checkIntelRdt(context);
  if (linux.netDevices !== undefined) checkNetDevices(context);
  if (linux.personality !== undefined) {
    const { domain, flags = [] } = linux.personality;
    if (domain !== "LINUX" && domain !== "LINUX32") {
      error("linux.personality.domain", `invalid personality domain ${domain}`);
    }
    if (flags.length > 0) {
      warn("linux.personality.flags", `ignoring unsupported personality flags: [${flags}]`);
    }
  }
};

const MODES = "DEFAULT LOCAL PREFERRED BIND INTERLEAVE PREFERRED_MANY WEIGHTED_INTERLEAVE".split(" ");
const FLAGS = "NUMA_BALANCING RELATIVE_NODES STATIC_NODES".split(" ");

function checkMemoryPolicy({ mode, nodes = "", flags = [] }: LinuxMemoryPolicy, error: Report): void {
  const path = "linux.memoryPolicy";
  const index = MODES.findIndex((name) => mode === `MPOL_${name}`);
  if (index < 0) error(`${path}.mode`, `invalid memory policy mode ${JSON.stringify(mode)}`);
  const what = objectionToList(nodes);
  if (what !== undefined) {
    error(`${path}.nodes`, `invalid memory policy nodes ${JSON.stringify(nodes)}: ${what}`);
  } else if (index >= 0 && index < 2 && nodes !== "") {
    error(`${path}.nodes`, `memory policy mode requires 0 nodes but got ${nodes}`);
  } else if (index > 2 && nodes === "") {
    error(`${path}.nodes`, "memory policy mode requires at least one node but got 0");
  }
  for (let i = 0; i < flags.length; i++) {
    if (!FLAGS.some((name) => flags[i] === `MPOL_F_${name}`)) {
      error(`${path}.flags[${i}]`, `invalid memory policy flag ${JSON.stringify(flags[i])}`);
    }
  }
}

function checkIntelRdt({ spec, facts, error }: CheckContext): void {
  const path = "linux.intelRdt";
  const { closID = "", l3CacheSchema, memBwSchema } = spec.linux?.intelRdt ?? {};
  const host = facts.intelRdt;
  if (host === undefined) {
    return error(path, "intelRdt is specified in config, but Intel RDT is not enabled");
  }
  if (closID === "." || closID === ".." || closID.length > 1 && closID.includes("/")) {
    error(`${path}.closID`, `invalid intelRdt.ClosID ${JSON.stringify(closID)}`);
  }
  if (l3CacheSchema && !host.cat) {
    error(
      `${path}.l3CacheSchema`,
      "intelRdt.l3CacheSchema is specified in config, but Intel RDT/CAT is not enabled",
    );
  }
  if (memBwSchema && !host.mba) {
    error(
      `${path}.memBwSchema`,
      "intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled",
    );
  }
}

function checkNetDevices({ spec, options, error }: CheckContext): void {
  const path = "linux.netDevices";
  const devices = Object.entries(spec.linux?.netDevices ?? {});
  if (devices.length === 0) return;
  if (namespaceOf(spec, "network") === undefined) {
    error(path, "unable to move network devices without a NET namespace");
  }
  if (options.rootless) error(path, "network devices are not supported for rootless containers");
  for (const [name, device] of devices) {
    for (const each of device.name ? [name, device.name] : [name]) {
      // dev_valid_name() of the kernel
      if (!/^[^/: ]{1,16}$/.test(each) || each === "." || each === "..") {
        error(memberPath(path, name), `invalid network device name ${JSON.stringify(each)}`);
      }
    }
  }
}
