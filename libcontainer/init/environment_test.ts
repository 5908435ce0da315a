import { assertEquals } from "@std/assert";
import { EACCES, EIO, ENOENT } from "../../ffi/errno.ts";
import { Out } from "../../ffi/operation.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { names } from "../../tests/support/rootfs_fixture.ts";
import { prepareEnvironment } from "./environment.ts";

/** A kernel with an `/etc/passwd`. */
function kernelWith(passwd: string): RecordingKernel {
  const bytes = new TextEncoder().encode(passwd);
  let at = 0;
  return new RecordingKernel(({ name, args }) => {
    if (name !== "read") return undefined;
    const out = args[1] as Out, piece = bytes.subarray(at, at + out.size);
    out.bytes.set(piece);
    at += piece.length;
    return piece.length;
  });
}

Deno.test("of a variable given twice the last holds, at its place", () => {
  const kernel = new RecordingKernel();
  assertEquals(prepareEnvironment(kernel, ["A=1", "HOME=/h", "B=2", "A=3"], 0), ["HOME=/h", "B=2", "A=3"]);
  assertEquals(names(kernel), []);
});

Deno.test("a missing or empty HOME comes from the container's passwd, however long that is", () => {
  const passwd = "root:x:0:0::/root:/bin/sh\n" + "x:x:7:7:éé:/x:/bin/sh\n".repeat(3000) +
    "u:x:1000:1000::/home/u:/bin/sh\n";
  for (const env of [[], ["HOME="]]) {
    assertEquals(prepareEnvironment(kernelWith(passwd), env, 0), ["HOME=/root"]);
    assertEquals(prepareEnvironment(kernelWith(passwd), env, 1000), ["HOME=/home/u"]);
    assertEquals(prepareEnvironment(kernelWith(passwd), env, 5), ["HOME=/"]);
  }
  const kernel = kernelWith(passwd);
  prepareEnvironment(kernel, [], 0);
  kernel.flush();
  assertEquals(names(kernel).at(-1), "close");
});

Deno.test("lines that are none are passed over", () => {
  assertEquals(prepareEnvironment(kernelWith("0\n::0\n\nroot:x:0:0::/r:/bin/sh"), [], 0), ["HOME=/r"]);
});

Deno.test("a passwd file without end is not read without end", () => {
  const kernel = kernelWith("x".repeat(0x200000));
  assertEquals(prepareEnvironment(kernel, [], 0), ["HOME=/"]);
  assertEquals(names(kernel).filter((name) => name === "read").length, 0x100000 / 0x4000);
});

Deno.test("without a passwd that can be read HOME is the root", () => {
  for (const errno of [ENOENT, EACCES, EIO]) {
    const kernel = new RecordingKernel(({ name }) => name === "openat" ? -errno : undefined);
    assertEquals(prepareEnvironment(kernel, ["A=1"], 0), ["A=1", "HOME=/"]);
    assertEquals(names(kernel), ["openat"]);
  }
});
