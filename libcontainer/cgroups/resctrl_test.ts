import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import type { LinuxIntelRdt } from "../spec/linux.ts";
import { removeResctrlGroups } from "./remove.ts";
import { ResctrlGroup, writeSchemata } from "./resctrl.ts";

const LOG = "last_cmd_status";

/** resctrl as plain directories. The files of a new group, which a real one has at once, are made by a test. */
class FakeResctrl implements Disposable {
  readonly root = Deno.makeTempDirSync({ prefix: "runt-resctrl-" });

  constructor(...groups: readonly string[]) {
    for (const group of ["", ...groups]) {
      Deno.mkdirSync(`${this.root}/${group}`, { recursive: true });
      for (const file of ["tasks", "schemata"]) Deno.writeTextFileSync(`${this.root}/${group}/${file}`, "");
    }
    Deno.mkdirSync(`${this.root}/info`);
    Deno.writeTextFileSync(`${this.root}/info/${LOG}`, "mask overlaps\n");
  }

  group(rdt: LinuxIntelRdt): ResctrlGroup {
    return new ResctrlGroup(rdt, this.root, "c1");
  }

  read(path: string): string {
    return Deno.readTextFileSync(`${this.root}/${path}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

Deno.test("resctrl: the process and all schemata go into the class, the old fields first", () => {
  using host = new FakeResctrl("c1", "c1/mon_groups/c1");
  const schemata = ["L2:0=3", "MB:1=50"];
  const group = host.group({
    schemata,
    l3CacheSchema: "L3:0=f",
    memBwSchema: "MB:0=20",
    enableMonitoring: true,
  });
  group.apply(77);
  assertEquals(host.read("c1/tasks"), "77");
  assertEquals(host.read("c1/mon_groups/c1/tasks"), "77");
  assertEquals(host.read("c1/schemata"), "L3:0=f\nMB:0=20\nL2:0=3\nMB:1=50\n");
});

Deno.test("resctrl: what was there before the container stays after it", () => {
  using host = new FakeResctrl("shared");
  const removed = (rdt: LinuxIntelRdt) => host.group(rdt).removed.map((path) => path.slice(host.root.length));
  assertEquals(removed({}), ["/c1"]);
  assertEquals(removed({ enableMonitoring: true }), ["/c1"]);
  assertEquals(removed({ closID: "shared" }), []);
  assertEquals(removed({ closID: "new", l3CacheSchema: "L3:0=f" }), []);
  assertEquals(removed({ closID: "shared", enableMonitoring: true }), ["/shared/mon_groups/c1"]);
  assertEquals(removed({ closID: "/", enableMonitoring: true }), ["/mon_groups/c1"]);
  Deno.mkdirSync(`${host.root}/c1`);
  assertEquals(removed({}), []);
});

Deno.test("resctrl: the class of all processes is joined as it is", () => {
  using host = new FakeResctrl();
  host.group({ closID: "/" }).apply(5);
  assertEquals([host.read("tasks"), host.read("schemata")], ["5", ""]);
});

Deno.test("resctrl: a class that is shared and given no schema must be there", () => {
  using host = new FakeResctrl();
  const error = assertThrows(() => host.group({ closID: "shared" }).apply(5), RuntError);
  assertEquals([error.code, error.path], ["invalid-config", "linux.intelRdt.closID"]);
  assertEquals([...Deno.readDirSync(host.root)].some(({ name }) => name === "shared"), false);
});

Deno.test("resctrl: a refusal is told with what resctrl says of it", () => {
  using host = new FakeResctrl("shared");
  const group = host.group({}); // A new class, which has no files here
  const { message, path } = assertThrows(() => group.apply(5), RuntError);
  assertEquals(path, "linux.intelRdt");
  assertEquals(
    message,
    "unable to apply Intel RDT configuration: intelrdt: unable to add pid 5: ENOENT: no such file or directory, " +
      "last_cmd_status: mask overlaps",
  );
  removeResctrlGroups(group.removed);
  removeResctrlGroups(group.removed);
  assertEquals([...Deno.readDirSync(host.root)].map(({ name }) => name).sort(), [
    "info",
    "schemata",
    "shared",
    "tasks",
  ]);
});

Deno.test("resctrl: writeSchemata() writes what changes, and nothing where nothing does", () => {
  using host = new FakeResctrl("c1");
  writeSchemata(host.root, `${host.root}/gone`, []);
  writeSchemata(host.root, `${host.root}/c1`, ["L3:0=f", "MB:0=20"]);
  assertEquals(host.read("c1/schemata"), "L3:0=f\nMB:0=20\n");
  assertThrows(() => writeSchemata(host.root, `${host.root}/gone`, ["L3:0=f"]), RuntError, "mask overlaps");
});
