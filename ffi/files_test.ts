import { assertEquals, assertThrows } from "@std/assert";
import {
  isDirectory,
  lookAt,
  makeDirectory,
  readTextFile,
  realPath,
  removeDirectory,
  removeFile,
  rename,
  tryRemove,
  writeFile,
} from "./files.ts";

function withDirectory(body: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "runt-files-" });
  try {
    body(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("what is written is what Deno reads, and the other way round", () => {
  withDirectory((directory) => {
    const path = `${directory}/ä`;
    writeFile(path, "öne\n", { mode: 0o600 });
    assertEquals(Deno.readTextFileSync(path), "öne\n");
    assertEquals(Deno.statSync(path).mode! & 0o7777, 0o600);
    writeFile(path, new TextEncoder().encode("two\n"), { append: true });
    assertEquals(readTextFile(path), "öne\ntwo\n");
    writeFile(path, "3");
    assertEquals(readTextFile(path), "3");
    // As command lines and environments below /proc are.
    writeFile(path, "a\0b\0");
    assertEquals(readTextFile(path), "a\0b\0");
    writeFile(path, "");
    assertEquals(readTextFile(path), "");
  });
});

Deno.test("files larger than the buffer are read and written, by Deno", () => {
  withDirectory((directory) => {
    const text = "x".repeat(0x80001);
    writeFile(`${directory}/large`, text);
    assertEquals(readTextFile(`${directory}/large`) === text, true);
    const even = text.slice(1);
    writeFile(`${directory}/even`, even);
    assertEquals(readTextFile(`${directory}/even`) === even, true);
  });
});

Deno.test("failures are Deno's", () => {
  withDirectory((directory) => {
    const none = `${directory}/none`, file = `${directory}/file`;
    writeFile(file, "");
    assertThrows(() => readTextFile(none), Deno.errors.NotFound, "os error 2");
    assertThrows(() => writeFile(none, "", { create: false }), Deno.errors.NotFound);
    assertThrows(() => writeFile(file, "", { createNew: true }), Deno.errors.AlreadyExists);
    assertThrows(() => makeDirectory(file, 0o700), Deno.errors.AlreadyExists, "os error 17");
    assertThrows(() => rename(none, file), Deno.errors.NotFound);
    assertThrows(() => removeFile(none), Deno.errors.NotFound);
    assertThrows(() => removeDirectory(none), Deno.errors.NotFound);
    assertThrows(() => realPath(none), Deno.errors.NotFound);
    assertThrows(() => readTextFile(`${file}/x`), Error, "os error 20");
    assertThrows(() => readTextFile(`${directory}/a\0b`));
    assertEquals(lookAt(none), undefined);
    assertEquals(tryRemove(none), false);
  });
});

Deno.test("paths that are very long are Deno's affair", () => {
  withDirectory((directory) => {
    const path = `${directory}/${"./".repeat(1500)}file`;
    writeFile(path, "x");
    assertEquals(readTextFile(path), "x");
    rename(path, `${directory}/${"./".repeat(1500)}other`);
    assertEquals(readTextFile(`${directory}/other`), "x");
  });
});

Deno.test("directories are made with their mode, renamed, looked at and removed", () => {
  withDirectory((directory) => {
    const old = Deno.umask(0o022);
    try {
      makeDirectory(`${directory}/a`, 0o711);
    } finally {
      Deno.umask(old);
    }
    rename(`${directory}/a`, `${directory}/b`);
    const { ino, mode, size } = Deno.lstatSync(`${directory}/b`);
    const seen = lookAt(`${directory}/b`)!;
    assertEquals([seen.inode, seen.mode, seen.size], [ino!, mode!, size]);
    assertEquals(mode! & 0o7777, 0o711);
    Deno.symlinkSync("b", `${directory}/link`);
    assertEquals([isDirectory(`${directory}/b`), isDirectory(`${directory}/link`)], [true, false]);
    assertEquals(realPath(`${directory}/link/.`), Deno.realPathSync(`${directory}/b`));
    writeFile(`${directory}/b/f`, "");
    assertEquals(tryRemove(`${directory}/b`, { directory: true }), false);
    removeFile(`${directory}/b/f`);
    removeDirectory(`${directory}/b`);
    assertEquals(tryRemove(`${directory}/link`), true);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
});
