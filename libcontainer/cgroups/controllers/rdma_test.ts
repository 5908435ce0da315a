import { assertEquals } from "@std/assert";
import { rdma } from "./rdma.ts";

Deno.test("RDMA: what is told of each device", () => {
  const devices = { mlx5_1: { hcaHandles: 3, hcaObjects: 0 }, mlx4_0: { hcaObjects: 7 } };
  assertEquals(rdma(devices).map(({ value, at }) => [value, at]), [
    ["mlx5_1 hca_handle=3 hca_object=0", "linux.resources.rdma.mlx5_1"],
    ["mlx4_0 hca_object=7", "linux.resources.rdma.mlx4_0"],
  ]);
});
