import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { parseSubCgroups, resolveSubCgroups } from "./sub_cgroup.ts";

const V1 = { cpu: "/c/cpu/x", memory: "/c/memory/x" };

function resolve(values: readonly string[], paths: Readonly<Record<string, string>> = V1) {
  return resolveSubCgroups(paths, parseSubCgroups(values));
}

Deno.test("without --cgroup a process is where the container is", () => {
  assertEquals(resolve([]), V1);
});

Deno.test("a path alone is below all of the container's cgroups", () => {
  const below = { cpu: "/c/cpu/x/a/b", memory: "/c/memory/x/a/b" };
  for (const path of ["a/b", "/a/b", "a//b/", "./a/c/../b"]) assertEquals(resolve([path]), below);
  assertEquals(resolve(["a"], { "": "/c/x" }), { "": "/c/x/a" });
  assertEquals(resolve(["/"]), V1);
});

Deno.test("a path with controllers is below theirs", () => {
  assertEquals(resolve(["cpu:a"]), { cpu: "/c/cpu/x/a", memory: "/c/memory/x" });
  assertEquals(resolve(["cpu,memory:a"]), { cpu: "/c/cpu/x/a", memory: "/c/memory/x/a" });
  assertEquals(resolve(["cpu:a", "memory:b:c"]), { cpu: "/c/cpu/x/a", memory: "/c/memory/x/b:c" });
});

Deno.test("v2 has no controllers to choose by, as in runc", () => {
  assertEquals(resolve(["cpu:a"], { "": "/c/x" }), { "": "/c/x" });
});

Deno.test("what makes no sense is refused in runc's words", () => {
  const cases: [string[], string][] = [
    [["a", "b"], "invalid --cgroup argument: a (missing <controller>: prefix)"],
    [[":a"], "invalid --cgroup argument: :a (empty <controller> prefix)"],
    [["cpu,:a"], "invalid --cgroup argument: cpu,:a (empty <controller> prefix)"],
    [["cpu:a", "cpu:b"], "invalid --cgroup argument(s): controller cpu specified multiple times"],
    [["pids:a"], "unknown controller pids in SubCgroupPaths"],
    [[".."], "bad sub cgroup path: .."],
    [["a/../../y"], "bad sub cgroup path: a/../../y"],
    // runc compares text, and takes /c/cpu/x-other for a place below /c/cpu/x.
    [["../x-other"], "bad sub cgroup path: ../x-other"],
  ];
  for (const [values, text] of cases) assertThrows(() => resolve(values), RuntError, text);
});
