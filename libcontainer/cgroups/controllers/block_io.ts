/**
 * `linux.resources.blockIO` as files of the blkio controller of cgroup v1 and the io controller of v2. As in runc, a
 * weight of 0 is the same as none.
 *
 * @module
 */
import type { LinuxBlockIO, LinuxThrottleDevice, LinuxWeightDevice } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

const AT = "linux.resources.blockIO";

/** The lists of rates, and the name of each in both versions. */
const RATES = [
  ["throttleReadBpsDevice", "read_bps", "rbps"],
  ["throttleWriteBpsDevice", "write_bps", "wbps"],
  ["throttleReadIOPSDevice", "read_iops", "riops"],
  ["throttleWriteIOPSDevice", "write_iops", "wiops"],
] as const;

/**
 * Settings for cgroup v1.
 *
 * @param hasCfq whether the kernel has the CFQ scheduler (before Linux 5.0) or calls BFQ's files by its names; asked
 *   only where weights are set
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html
 */
export function blockIOV1(blockIO: LinuxBlockIO, hasCfq: () => boolean): Setting[] {
  const { weight, leafWeight, weightDevice = [] } = blockIO, settings: Setting[] = [];
  const prefix = weight || weightDevice.some(({ weight }) => weight) ? hasCfq() ? "blkio" : "blkio.bfq" : "";
  if (weight) settings.push({ file: `${prefix}.weight`, value: String(weight), at: `${AT}.weight` });
  if (leafWeight) {
    settings.push({ file: "blkio.leaf_weight", value: String(leafWeight), at: `${AT}.leafWeight` });
  }
  weightDevice.forEach((device, index) => {
    const { weight, leafWeight } = device, at = `${AT}.weightDevice[${index}]`, number = numberOf(device);
    if (weight) settings.push({ file: `${prefix}.weight_device`, value: `${number} ${weight}`, at });
    if (leafWeight) settings.push({ file: "blkio.leaf_weight_device", value: `${number} ${leafWeight}`, at });
  });
  for (const [list, name] of RATES) {
    blockIO[list]?.forEach((device, index) => {
      const file = `blkio.throttle.${name}_device`, value = `${numberOf(device)} ${device.rate}`;
      settings.push({ file, value, at: `${AT}.${list}[${index}]` });
    });
  }
  return settings;
}

/** What the scheduler BFQ offers in a cgroup; asked only where weights are set. */
export interface BfqNow {
  /** Whether `io.bfq.weight` is there. */
  isThere(): boolean;
  /** Whether it takes weights of single devices, as it does since Linux 5.4. */
  takesDevices(): boolean;
}

/**
 * Settings for cgroup v2. It has no leaf weights, and weights of single devices with BFQ only: they are ignored.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#io-interface-files
 */
export function blockIOV2(blockIO: LinuxBlockIO, bfq: BfqNow): Setting[] {
  const { weight, weightDevice = [] } = blockIO, settings: Setting[] = [];
  const isBfq = (weight || weightDevice.length) && bfq.isThere();
  if (weight) {
    const at = `${AT}.weight`;
    if (isBfq) settings.push({ file: "io.bfq.weight", value: String(weight), at });
    else settings.push({ file: "io.weight", value: String(ioWeight(weight)), at });
  }
  if (isBfq && weightDevice.length && bfq.takesDevices()) {
    weightDevice.forEach((device, index) => {
      const value = `${numberOf(device)} ${device.weight ?? 0}`;
      settings.push({ file: "io.bfq.weight", value, at: `${AT}.weightDevice[${index}]` });
    });
  }
  for (const [list, , name] of RATES) {
    blockIO[list]?.forEach((device, index) => {
      const value = `${numberOf(device)} ${name}=${device.rate}`;
      settings.push({ file: "io.max", value, at: `${AT}.${list}[${index}]` });
    });
  }
  return settings;
}

/** Whether anything is asked for that cgroup v2 has. */
export function isBlockIOSet(blockIO: LinuxBlockIO | undefined): boolean {
  if (!blockIO) return false;
  return !!blockIO.weight || !!blockIO.weightDevice?.length ||
    RATES.some(([list]) => !!blockIO[list]?.length);
}

/** v1's weight (10 to 1000) as v2's (1 to 10000), along a line. */
function ioWeight(weight: number): number {
  return 1 + Math.floor((weight - 10) * 9999 / 990);
}

function numberOf({ major, minor }: LinuxThrottleDevice | LinuxWeightDevice): string {
  return `${major}:${minor}`;
}
