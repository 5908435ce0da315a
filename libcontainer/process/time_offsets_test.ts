import { assertEquals, assertThrows } from "@std/assert";
import { recordingKernel, testConfig } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { setTimeOffsets } from "./time_offsets.ts";

Deno.test("setTimeOffsets() asks nothing where there are none", () => {
  const kernel = recordingKernel();
  setTimeOffsets(kernel, 0, testConfig());
  assertEquals(kernel.operations, []);
});

Deno.test("setTimeOffsets() has its place in config.json for what cannot be written", () => {
  const config = testConfig({ timeOffsets: "monotonic 5 0\n" });
  const error = assertThrows(() => setTimeOffsets(recordingKernel(), 0, config), RuntError);
  assertEquals([error.path, error.message], ["linux.timeOffsets", "failed to update /proc/0/timens_offsets"]);
});
