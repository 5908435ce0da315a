import { assert, assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { setUnified } from "./unified.ts";

/** A cgroup as a plain directory, with some files. */
function inCgroup(files: Readonly<Record<string, string>>, body: (dir: string) => void): void {
  const dir = Deno.makeTempDirSync({ prefix: "runt-unified-" });
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${dir}/${name}`, text);
    body(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("setUnified() writes the files that it is told to, the last line last", () => {
  inCgroup({ "memory.high": "", "pids.max": "", "io.max": "" }, (dir) => {
    const files = { "memory.high": "5", "pids.max": "6", "io.max": "8:0 rbps=1\n8:0 wbps=2\n" };
    setUnified(dir, files, (file) => file !== "pids.max");
    const read = (file: string) => Deno.readTextFileSync(`${dir}/${file}`);
    assertEquals([read("memory.high"), read("pids.max"), read("io.max")], ["5", "", "8:0 wbps=2"]);
  });
});

Deno.test("setUnified() says in runc's words whether the controller or the file is missing", () => {
  inCgroup({ "cgroup.controllers": "memory pids\n" }, (dir) => {
    const told = (file: string) =>
      assertThrows(() => setUnified(dir, { [file]: "1" }, () => true), RuntError);
    const { message, path } = told("io.max");
    assertEquals(message, `unified resource "io.max" can't be set: controller "io" not available`);
    assertEquals(path, 'linux.resources.unified["io.max"]');
    for (const file of ["memory.x", "cgroup.x"]) {
      const error = told(file);
      assertEquals(error.message, `unable to set unified resource "${file}"`);
      assert(error.cause instanceof Deno.errors.NotFound);
    }
  });
});
