import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { formatLocalTime } from "./_go_format.ts";
import { formatJsonLine, formatTerminalLine, formatTextLine, openLog } from "./_log.ts";

const TIME = new Date("2026-01-02T03:04:05.678Z");
const WRITTEN_TIME = formatLocalTime(TIME);

Deno.test("formatTextLine() quotes a message where logrus does", () => {
  const start = `time="${WRITTEN_TIME}" level=error`;
  assertEquals(formatTextLine(TIME, "error", 'bad "x"\n'), `${start} msg="bad \\"x\\"\\n"\n`);
  assertEquals(formatTextLine(TIME, "error", "plain-._/@^+9"), `${start} msg=plain-._/@^+9\n`);
  assertEquals(formatTextLine(TIME, "error", "a:b"), `${start} msg="a:b"\n`);
  assertEquals(formatTextLine(TIME, "error", ""), `${start}\n`);
});

Deno.test("formatTextLine() puts the fields behind the message, by name", () => {
  const line = formatTextLine(TIME, "debug", "m", { z: 1, a: "x y", empty: "" });
  assertEquals(line, `time="${WRITTEN_TIME}" level=debug msg=m a="x y" empty= z=1\n`);
});

Deno.test("formatJsonLine() orders keys by name and escapes as Go does", () => {
  const line = formatJsonLine(TIME, "warning", 'a <b> & "c"\n', { z: true, a: 1 });
  const message = String.raw`a \u003cb\u003e \u0026 \"c\"\n`;
  assertEquals(line, `{"a":1,"level":"warning","msg":"${message}","time":"${WRITTEN_TIME}","z":true}\n`);
});

Deno.test("formatTerminalLine() pads the message as logrus does on a terminal", () => {
  assertEquals(formatTerminalLine("error", "x"), `\x1b[31mERRO\x1b[0m[0000] ${"x".padEnd(44)} \n`);
  const fields = formatTerminalLine("warning", "x", { k: "v" });
  assertEquals(fields, `\x1b[33mWARN\x1b[0m[0000] ${"x".padEnd(44)}  \x1b[33mk\x1b[0m=v\n`);
});

Deno.test("openLog() makes the file at once and appends to what is there", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const path = `${directory}/log`;
    const first = openLog({ file: path, format: "json" });
    assertEquals(Deno.readTextFileSync(path), "");
    assertEquals(Deno.statSync(path).mode! & 0o777 & ~Deno.umask(), 0o644 & ~Deno.umask());
    assertEquals(first.toStderr, false);
    first.error("one");
    first.debug("not asked for");
    openLog({ file: path, format: "text", debug: true }).debug("two");
    const [one = "", two = "", ...rest] = Deno.readTextFileSync(path).split("\n");
    assertEquals(JSON.parse(one).msg, "one");
    assertMatch(two, /^time="[^"]+" level=debug msg=two$/);
    assertEquals(rest, [""]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("openLog() refuses an unknown format with runc's text, and a file that cannot be made", () => {
  assertEquals(assertThrows(() => openLog({ format: "xml" }), RuntError).message, "invalid log-format: xml");
  assertEquals(assertThrows(() => openLog({ file: "/nonexistent/log" }), RuntError).code, "io");
});

Deno.test("openLog() without a file writes to standard error", () => {
  assert(openLog({}).toStderr);
  assert(openLog({ file: "", format: "" }).toStderr);
});
