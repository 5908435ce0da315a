import { assertEquals } from "@std/assert";
import { MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY, MS_REC } from "../../ffi/constants/mount.ts";
import type { Spec } from "../spec/mod.ts";
import { createMounts } from "./mounts.ts";

Deno.test("a bind mount's type is bind, its relative source is the bundle's", () => {
  const spec = {
    mounts: [
      { destination: "/a", source: "data/../x", type: "none", options: ["rbind"] },
      { destination: "b", source: "/host", options: ["bind"] },
      { destination: "/proc", source: "proc", type: "proc" },
    ],
  } as unknown as Spec;
  const mounts = createMounts(spec, "/bundle", "/bundle/rootfs");
  assertEquals(mounts.map(({ destination, source, type, at }) => [destination, source, type, at]), [
    ["/a", "/bundle/x", "bind", "mounts[0]"],
    ["/b", "/host", "bind", "mounts[1]"],
    ["/proc", "proc", "proc", "mounts[2]"],
  ]);
});

Deno.test("a spec without mounts has none", () =>
  assertEquals(createMounts({} as Spec, "/bundle", "/r"), []));

Deno.test("createMounts() gives the label to new file systems, not to binds and to what the kernel labels", () => {
  const mount = (type: string, options: string[] = []) => ({
    destination: "/x",
    type,
    source: "/s",
    options,
  });
  const mounts = [mount("tmpfs"), mount("bind", ["bind"]), mount("proc"), mount("mqueue"), mount("cgroup")];
  const contexts = (mountLabel: string) =>
    createMounts({ ociVersion: "1", mounts, linux: { mountLabel } }, "/b", "/r").map(({ context }) =>
      context
    );
  assertEquals(contexts("l"), ["l", undefined, undefined, "l", undefined]);
  assertEquals(contexts(""), Array(5).fill(undefined));
});

Deno.test("createMounts() maps ids as the mount says, or as the container's user namespace does", () => {
  const own = [{ containerID: 0, hostID: 5, size: 1 }],
    all = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const idMapOf = (mount: Record<string, unknown>, namespace: Record<string, unknown> = {}) => {
    const linux = { namespaces: [{ type: "user", ...namespace }], uidMappings: all, gidMappings: all };
    const mounts = [{ destination: "/m", source: "/s", options: ["bind"], ...mount }];
    return createMounts({ ociVersion: "1.3.0", mounts, linux } as Spec, "/b", "/r")[0]!.idMap;
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

Deno.test("a destination that begins with the rootfs on the host is the place that it names", () => {
  const place = (destination: string, rootfs = "/b/rootfs") => {
    return createMounts({ ociVersion: "1.3.0", mounts: [{ destination, type: "tmpfs" }] }, "/b", rootfs)[0]!
      .destination;
  };
  assertEquals(place("/b/rootfs/mnt/x"), "/mnt/x");
  assertEquals(place("/b/./rootfs//mnt"), "/mnt");
  assertEquals(place("/b/rootfs"), "/");
  assertEquals(place("/b/rootfs2/mnt"), "/b/rootfs2/mnt");
  assertEquals(place("/mnt", "/"), "/mnt");
});

Deno.test("what is asked of all mounts of a tree is asked of a new file system itself", () => {
  const options = ["rro", "rnosuid", "nodev"];
  const spec = {
    mounts: [
      { destination: "/a", source: "tmpfs", type: "tmpfs", options },
      { destination: "/b", source: "/host", options: ["rbind", ...options] },
      { destination: "/c", options: ["remount", ...options] },
    ],
  } as unknown as Spec;
  const mounts = createMounts(spec, "/bundle", "/bundle/rootfs");
  assertEquals(mounts[0]!.flags, MS_RDONLY | MS_NOSUID | MS_NODEV);
  assertEquals(mounts.map(({ recursive }) => recursive !== undefined), [false, true, true]);
  assertEquals(mounts[1]!.flags, MS_BIND | MS_REC | MS_NODEV);
});
