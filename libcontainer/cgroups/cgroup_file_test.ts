import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { applySettings, readCgroupKey, readCgroupNumber, systemError } from "./cgroup_file.ts";

/** A directory for one test. */
function temporary(): { dir: string } & Disposable {
  const dir = Deno.makeTempDirSync({ prefix: "runt-cgroup-file-" });
  return { dir, [Symbol.dispose]: () => Deno.removeSync(dir, { recursive: true }) };
}

/** Has Deno write refused with an errno, the first times that a file is written. */
function refusing(refusals: Readonly<Record<string, readonly string[]>>): { log: string[] } & Disposable {
  const write = Deno.writeTextFileSync,
    log: string[] = [],
    left = structuredClone(refusals) as Record<string, string[]>;
  Deno.writeTextFileSync = (path, data) => {
    const file = String(path).split("/").at(-1)!, text = left[file]?.shift();
    log.push(`${file}=${data}${text ? " refused" : ""}`);
    if (text) throw new Error(`${text}: writefile '${path}'`);
  };
  return { log, [Symbol.dispose]: () => void (Deno.writeTextFileSync = write) };
}

const EINVAL = "Invalid argument (os error 22)", EPERM = "Operation not permitted (os error 1)";
const ENOENT = "No such file or directory (os error 2)";
const PERIOD = { file: "period", value: "1", at: "p", again: true };
const QUOTA = { file: "quota", value: "2", at: "q" };

Deno.test("systemError() reads errno and text from Deno's errors", () => {
  const error = assertThrows(() => Deno.mkdirSync("/proc/none"));
  assertEquals(systemError(error), { errno: 2, text: "ENOENT: no such file or directory" });
  assertEquals(systemError(new Error("something else")), { errno: 0, text: "something else" });
  assertEquals(systemError("text").errno, 0);
});

Deno.test("applySettings() tries again behind the others what EINVAL refused", () => {
  using files = refusing({ period: [EINVAL] });
  applySettings("/cg", "cpu", [PERIOD, QUOTA]);
  assertEquals(files.log, ["period=1 refused", "quota=2", "period=1"]);
});

Deno.test("applySettings() gives up at the second refusal, and at any other errno", () => {
  {
    using _files = refusing({ period: [EINVAL, EINVAL] });
    const error = assertThrows(() => applySettings("/cg", "cpu", [PERIOD, QUOTA]), RuntError);
    assertEquals([error.path, error.message], [
      "p",
      'Cannot write "1" to /cg/period: EINVAL: invalid argument',
    ]);
  }
  using files = refusing({ period: [EPERM] });
  assertThrows(() => applySettings("/cg", "cpu", [PERIOD, QUOTA]), RuntError, "EPERM");
  assertEquals(files.log, ["period=1 refused"]);
});

Deno.test("applySettings() does not try the last one again for nothing", () => {
  using files = refusing({ period: [EINVAL] });
  assertThrows(() => applySettings("/cg", "cpu", [QUOTA, PERIOD]), RuntError);
  assertEquals(files.log, ["quota=2", "period=1 refused"]);
});

Deno.test("applySettings() passes over the errno that a setting names", () => {
  using files = refusing({ burst: [ENOENT] });
  applySettings("/cg", "cpu", [{ file: "burst", value: "0", at: "b", ignore: 2 }, QUOTA]);
  assertEquals(files.log, ["burst=0 refused", "quota=2"]);
});

Deno.test("applySettings() never makes a file", () => {
  using temp = temporary();
  assertThrows(() => applySettings(temp.dir, "cpu", [QUOTA]), RuntError, "ENOENT");
  assertEquals([...Deno.readDirSync(temp.dir)], []);
});

Deno.test("readCgroupNumber() knows max, and undefined for a file that is not there", () => {
  using temp = temporary();
  Deno.writeTextFileSync(`${temp.dir}/a`, "4096\n");
  Deno.writeTextFileSync(`${temp.dir}/b`, "max\n");
  assertEquals(["a", "b", "c"].map((file) => readCgroupNumber(temp.dir, file)), [4096, Infinity, undefined]);
  assertThrows(() => readCgroupNumber(`${temp.dir}/a`, "b"));
});

Deno.test("readCgroupKey() finds a whole key", () => {
  using temp = temporary();
  Deno.writeTextFileSync(`${temp.dir}/events`, "oom_kill_disable 1\noom_kill 7\n");
  assertEquals(readCgroupKey(temp.dir, "events", "oom_kill"), 7);
  assertEquals(readCgroupKey(temp.dir, "events", "oom"), 0);
});
