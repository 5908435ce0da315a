import { assertEquals } from "@std/assert";
import type { Setting } from "../cgroup_file.ts";
import { hugetlb } from "./hugetlb.ts";

function text(settings: readonly Setting[]): string[] {
  return settings.map(({ file, value }) => `${file}=${value}`);
}

Deno.test("huge pages: used ones and, where there is such a file, reserved ones", () => {
  const limits = [{ pageSize: "2MB", limit: 4194304 }, { pageSize: "1GB", limit: 0 }];
  assertEquals(hugetlb(limits, "max").map(({ file, value, ignore }) => [file, value, ignore ?? 0]), [
    ["hugetlb.2MB.max", "4194304", 0],
    ["hugetlb.2MB.rsvd.max", "4194304", 2],
    ["hugetlb.1GB.max", "0", 0],
    ["hugetlb.1GB.rsvd.max", "0", 2],
  ]);
  assertEquals(text(hugetlb(limits, "limit_in_bytes"))[3], "hugetlb.1GB.rsvd.limit_in_bytes=0");
});
