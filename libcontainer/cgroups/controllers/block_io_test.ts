import { assertEquals } from "@std/assert";
import type { Setting } from "../cgroup_file.ts";
import { blockIOV1, blockIOV2, isBlockIOSet } from "./block_io.ts";

function text(settings: readonly Setting[]): string[] {
  return settings.map(({ file, value }) => `${file}=${value}`);
}

const DEVICE = { major: 8, minor: 16 };
const BLOCK_IO = {
  weight: 500,
  leafWeight: 300,
  weightDevice: [{ ...DEVICE, weight: 600, leafWeight: 400 }, { ...DEVICE, leafWeight: 5 }],
  throttleReadBpsDevice: [{ ...DEVICE, rate: 18446744073709551615n }],
  throttleWriteBpsDevice: [{ ...DEVICE, rate: 2 }],
  throttleReadIOPSDevice: [{ ...DEVICE, rate: 3 }],
  throttleWriteIOPSDevice: [{ ...DEVICE, rate: 4 }, { major: 9, minor: 0, rate: 5 }],
};
const never = () => {
  throw new Error("Asked for nothing");
};

Deno.test("block I/O v1: every field has its file, by the scheduler's name", () => {
  const common = [
    "blkio.throttle.read_bps_device=8:16 18446744073709551615",
    "blkio.throttle.write_bps_device=8:16 2",
    "blkio.throttle.read_iops_device=8:16 3",
    "blkio.throttle.write_iops_device=8:16 4",
    "blkio.throttle.write_iops_device=9:0 5",
  ];
  const weights = (prefix: string) => [
    `${prefix}.weight=500`,
    "blkio.leaf_weight=300",
    `${prefix}.weight_device=8:16 600`,
    "blkio.leaf_weight_device=8:16 400",
    "blkio.leaf_weight_device=8:16 5",
  ];
  assertEquals(text(blockIOV1(BLOCK_IO, () => true)), [...weights("blkio"), ...common]);
  assertEquals(text(blockIOV1(BLOCK_IO, () => false)), [...weights("blkio.bfq"), ...common]);
});

Deno.test("block I/O v1: without weights the scheduler does not matter", () => {
  assertEquals(text(blockIOV1({ weight: 0, throttleWriteBpsDevice: [{ ...DEVICE, rate: 2 }] }, never)), [
    "blkio.throttle.write_bps_device=8:16 2",
  ]);
});

Deno.test("block I/O v2: rates are lines of io.max, the weight is BFQ's or v2's own", () => {
  const rates = [
    "io.max=8:16 rbps=18446744073709551615",
    "io.max=8:16 wbps=2",
    "io.max=8:16 riops=3",
    "io.max=8:16 wiops=4",
    "io.max=9:0 wiops=5",
  ];
  const bfq = (isThere: boolean, takesDevices: boolean) => ({
    isThere: () => isThere,
    takesDevices: () => takesDevices,
  });
  assertEquals(text(blockIOV2(BLOCK_IO, bfq(true, true))), [
    "io.bfq.weight=500",
    "io.bfq.weight=8:16 600",
    "io.bfq.weight=8:16 0",
    ...rates,
  ]);
  assertEquals(text(blockIOV2(BLOCK_IO, bfq(true, false))), ["io.bfq.weight=500", ...rates]);
  assertEquals(text(blockIOV2(BLOCK_IO, bfq(false, true))), ["io.weight=4950", ...rates]);
  assertEquals(text(blockIOV2({ weight: 500 }, bfq(true, true))), ["io.bfq.weight=500"]);
  const { weight: _, weightDevice: __, ...others } = BLOCK_IO;
  assertEquals(text(blockIOV2(others, { isThere: never, takesDevices: never })), rates);
});

Deno.test("block I/O v2: v1's range of weights is all of v2's", () => {
  const weightOf = (weight: number) =>
    text(blockIOV2({ weight }, { isThere: () => false, takesDevices: never }));
  assertEquals(weightOf(10), ["io.weight=1"]);
  assertEquals(weightOf(1000), ["io.weight=10000"]);
});

Deno.test("isBlockIOSet() is about what v2 has", () => {
  assertEquals(isBlockIOSet(undefined), false);
  assertEquals(isBlockIOSet({ weight: 0, leafWeight: 5, throttleReadBpsDevice: [] }), false);
  assertEquals(isBlockIOSet({ weight: 10 }), true);
  assertEquals(isBlockIOSet({ throttleReadBpsDevice: [{ ...DEVICE, rate: 0 }] }), true);
});
