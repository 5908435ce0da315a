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

Deno.test("createMounts() maps ids as the mount says, or as the container's user namespace does", () => {
  const own = [{ containerID: 0, hostID: 5, size: 1 }],
    all = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const idMapOf = (mount: Record<string, unknown>, namespace: Record<string, unknown> = {}) => {
    const linux = { namespaces: [{ type: "user", ...namespace }], uidMappings: all, gidMappings: all };
    const mounts = [{ destination: "/m", source: "/s", options: ["bind"], ...mount }];
    return createMounts({ ociVersion: "1.3.0", mounts, linux } as Spec, "/b")[0]!.idMap;
  };
  assertEquals(idMapOf({}), undefined);
  assertEquals(idMapOf({ uidMappings: own, gidMappings: own }), {
    uidMappings: own,
    gidMappings: own,
    recursive: false,
  });
  assertEquals(idMapOf({ options: ["rbind", "idmap", "ridmap"] }), {
    uidMappings: all,
    gidMappings: all,
    recursive: true,
  });
  assertEquals(idMapOf({ options: ["rbind", "ridmap", "idmap"] }, { path: "/proc/7/ns/user" }), {
    uidMappings: [],
    gidMappings: [],
    path: "/proc/7/ns/user",
    recursive: false,
  });
});
