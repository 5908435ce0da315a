import { assertEquals } from "@std/assert";
import type { Spec } from "../spec/mod.ts";
import { cleanPath, createMounts } from "./mounts.ts";

Deno.test("paths are cleaned by text, and never lead above the root", () => {
  const paths = { "/a//b/./c/": "/a/b/c", "../../x": "/x", "/": "/", "/a/../..": "/", "a/b/..": "/a" };
  for (const [path, clean] of Object.entries(paths)) assertEquals(cleanPath(path), clean);
});

Deno.test("a bind mount's type is bind, its relative source is the bundle's", () => {
  const spec = {
    mounts: [
      { destination: "/a", source: "data/../x", type: "none", options: ["rbind"] },
      { destination: "b", source: "/host", options: ["bind"] },
      { destination: "/proc", source: "proc", type: "proc" },
    ],
  } as unknown as Spec;
  const mounts = createMounts(spec, "/bundle");
  assertEquals(mounts.map(({ destination, source, type, at }) => [destination, source, type, at]), [
    ["/a", "/bundle/x", "bind", "mounts[0]"],
    ["/b", "/host", "bind", "mounts[1]"],
    ["/proc", "proc", "proc", "mounts[2]"],
  ]);
});

Deno.test("a spec without mounts has none", () => assertEquals(createMounts({} as Spec, "/bundle"), []));

Deno.test("createMounts() gives the label to new file systems, not to binds and to what the kernel labels", () => {
  const mount = (type: string, options: string[] = []) => ({
    destination: "/x",
    type,
    source: "/s",
    options,
  });
  const mounts = [mount("tmpfs"), mount("bind", ["bind"]), mount("proc"), mount("mqueue"), mount("cgroup")];
  const contexts = (mountLabel: string) =>
    createMounts({ ociVersion: "1", mounts, linux: { mountLabel } }, "/b").map(({ context }) => context);
  assertEquals(contexts("l"), ["l", undefined, undefined, "l", undefined]);
  assertEquals(contexts(""), Array(5).fill(undefined));
});
