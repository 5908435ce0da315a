import { assertEquals, assertThrows } from "@std/assert";
import { testConfig } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { checkJoinedMaps, hostIdOf, isSetgroupsDenied, parseIdMap, writeIdMaps } from "./id_maps.ts";

const OWN = parseIdMap(Deno.readTextFileSync("/proc/self/uid_map"));

Deno.test("parseIdMap() reads what the kernel writes", () => {
  assertEquals(parseIdMap("         0     100000      65536\n     65536          5          1\n"), [
    { containerID: 0, hostID: 100000, size: 65536 },
    { containerID: 65536, hostID: 5, size: 1 },
  ]);
  assertEquals(parseIdMap(""), []);
});

Deno.test("hostIdOf() finds the range that an id is in, if there is one", () => {
  const last = OWN.at(-1)!;
  assertEquals(hostIdOf(Deno.pid, "uid", last.containerID + last.size - 1), last.hostID + last.size - 1);
  assertEquals(hostIdOf(Deno.pid, "uid", last.containerID + last.size), undefined);
  assertEquals(hostIdOf(0, "uid", 0), undefined);
});

Deno.test("checkJoinedMaps() takes the mappings that the namespace has, or none", () => {
  checkJoinedMaps(Deno.pid, testConfig());
  checkJoinedMaps(Deno.pid, testConfig({ uidMappings: OWN }));
});

Deno.test("checkJoinedMaps() refuses others, with runc's text", () => {
  const gidMappings = [{ containerID: 0, hostID: 7, size: 3 }];
  const error = assertThrows(() => checkJoinedMaps(Deno.pid, testConfig({ gidMappings })), RuntError);
  assertEquals([error.code, error.path], ["invalid-config", "linux.gidMappings"]);
  assertEquals(
    error.message,
    "user namespaces enabled, but both namespace path and non-matching mapping specified -- you may only provide one",
  );
});

Deno.test("isSetgroupsDenied() says no of the host's namespace, and of a process that is gone", () => {
  const own = Deno.readTextFileSync("/proc/self/setgroups").startsWith("deny");
  assertEquals([isSetgroupsDenied(Deno.pid), isSetgroupsDenied(0)], [own, false]);
});

Deno.test("writeIdMaps() tells a failure with the place of the mappings", () => {
  // The maps of this process were written long ago: nobody writes them twice.
  const uidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
  const error = assertThrows(() => writeIdMaps(Deno.pid, testConfig({ uidMappings }), false), RuntError);
  assertEquals(error.path, "linux.uidMappings");
});
