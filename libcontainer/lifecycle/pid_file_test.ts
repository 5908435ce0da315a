import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { removePidFile, writePidFile } from "./pid_file.ts";

Deno.test("the pid file holds the pid and nothing else; removing it twice is fine", () => {
  const directory = Deno.makeTempDirSync();
  try {
    writePidFile(`${directory}/pid`, 42);
    writePidFile(`${directory}/pid`, 4711);
    assertEquals(Deno.readTextFileSync(`${directory}/pid`), "4711");
    assertEquals(Deno.statSync(`${directory}/pid`).mode! & 0o777, 0o666 & ~Deno.umask());
    assertEquals([...Deno.readDirSync(directory)].length, 1);
    removePidFile(`${directory}/pid`);
    removePidFile(`${directory}/pid`);
    assertEquals([...Deno.readDirSync(directory)].length, 0);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a pid file that cannot be written leaves nothing", () => {
  const directory = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${directory}/taken`);
    assertThrows(() => writePidFile(`${directory}/taken`, 1), RuntError, "cannot write the pid file");
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["taken"]);
    assertThrows(() => writePidFile(`${directory}/missing/pid`, 1), RuntError);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a link planted in the place of the file before it is renamed leads nowhere", () => {
  const directory = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${directory}/victim`, "untouched");
    Deno.symlinkSync("victim", `${directory}/.pid`);
    Deno.symlinkSync("victim", `${directory}/pid`);
    writePidFile(`${directory}/pid`, 7);
    assertEquals(Deno.readTextFileSync(`${directory}/victim`), "untouched");
    assertEquals(Deno.lstatSync(`${directory}/pid`).isFile, true);
    assertEquals(Deno.readTextFileSync(`${directory}/pid`), "7");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
