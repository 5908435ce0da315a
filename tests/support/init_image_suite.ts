/**
 * What an init image must do, whatever its architecture.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { EBADF, ENAMETOOLONG, ENOENT, ENOTDIR } from "../../ffi/errno.ts";
import { Out, type Result, Word } from "../../ffi/kernel.ts";
import { KernelError, PeerGoneError } from "../../ffi/kernel_error.ts";
import type { RemoteKernel } from "../../ffi/remote.ts";
import { encodeFdMessage, receiveFdMessage } from "../../ffi/structs/fd_message.ts";

/** A running init image. */
export interface InitImagePeer {
  readonly pid: number;
  /** The number of its control socket over there. */
  readonly control: number;
  readonly kernel: RemoteKernel;
  /** Closes our end of the socket. */
  hangUp(): void;
  /** Waits for its end; its exit code. */
  wait(): Promise<number>;
}

/** Registers the tests. `start` makes a peer, which the suite ends. */
export function testInitImage(name: string, ignore: boolean, start: () => InitImagePeer): void {
  const test = (what: string, body: (peer: InitImagePeer) => void | Promise<void>) => {
    Deno.test({
      name: `${name}: ${what}`,
      ignore,
      fn: async () => {
        const peer = start();
        try {
          await body(peer);
        } finally {
          peer.hangUp();
          assertEquals(await peer.wait(), 1);
        }
      },
    });
  };
  const withFile = (text: string, body: (path: string) => void) => {
    const path = Deno.makeTempFileSync({ prefix: "runt-test-" });
    try {
      Deno.writeTextFileSync(path, text);
      body(path);
    } finally {
      Deno.removeSync(path);
    }
  };
  const text = (out: Out, length: number) => new TextDecoder().decode(out.bytes.subarray(0, length));

  test("it runs a system call and ends at end of file", ({ kernel, pid }) => {
    const result = kernel.call("getpid", []);
    kernel.flush();
    assertEquals(result.value, pid);
  });

  test("the result of a call is an argument of later ones in the same batch", ({ kernel }) => {
    withFile("hello from the file", (path) => {
      const out = new Out(64), fd = kernel.openat(-100, path, 0);
      const read = kernel.read(fd, out),
        closed = kernel.close(fd),
        again = kernel.close(fd, { accept: [EBADF] });
      kernel.flush();
      assertEquals(text(out, read.value), "hello from the file");
      assertEquals([closed.value, again.value], [0, -EBADF]);
      assertEquals(kernel.trips, 1);
    });
  });

  test("it takes batch after batch, up to the largest", ({ kernel }) => {
    withFile("", (path) => {
      for (let size = 1; size <= 0x12000; size *= 8) {
        const fd = kernel.openat(-100, path, 1);
        const written = kernel.write(fd, new Uint8Array(size).fill(0x61));
        kernel.close(fd);
        kernel.flush();
        assertEquals(written.value, size);
      }
      assertEquals(Deno.statSync(path).size, 0x8000);
    });
  });

  test("arguments larger than a message go ahead of it, and what is queued stays queued", ({ kernel }) => {
    const path = Deno.makeTempFileSync({ prefix: "runt-test-" });
    try {
      const text = Uint8Array.from({ length: 0x123456 }, (_, i) => i * 7 + (i >> 8));
      const opened: Result[] = [];
      let written: Result | undefined;
      kernel.whole(() => {
        opened.push(kernel.openat(-100, path, 1));
        kernel.when(opened[0]!, "ok", () => written = kernel.write(opened[0]!, text));
        kernel.close(opened[0]!);
        assertEquals(opened[0]!.raw, undefined);
      });
      kernel.flush();
      assertEquals(written!.value, text.length);
      assertEquals(Deno.readFileSync(path), text);
      const huge = kernel.openat(-100, "/" + "x".repeat(200_000), 0, 0, { accept: [ENAMETOOLONG] });
      kernel.flush();
      assertEquals(huge.errno, ENAMETOOLONG);
      assertThrows(() => kernel.read(0, new Out(0x100000)), RangeError);
    } finally {
      Deno.removeSync(path);
    }
  });

  test("what is large goes ahead of a message that must stay whole and is getting full", ({ kernel }) => {
    withFile("", (path) => {
      kernel.whole(() => {
        const fd = kernel.openat(-100, path, 1);
        for (let i = 0; i < 50; i++) kernel.write(fd, new Uint8Array(0x2000).fill(i));
      });
      kernel.flush();
      assertEquals(
        Deno.readFileSync(path).filter((_, i) => i % 0x2000 === 0),
        Uint8Array.from({ length: 50 }, (_, i) => i),
      );
    });
  });

  test("a word that a call has left in a region is an argument of later calls", ({ kernel }) => {
    withFile("abc", (path) => {
      const seen = new Out(16), fd = kernel.openat(-100, path, 2), word = new Word(seen, 8);
      kernel.write(fd, Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]));
      kernel.lseek(fd, 0, 0);
      kernel.read(fd, seen);
      const at = kernel.lseek(fd, word, 0);
      kernel.flush();
      assertEquals([at.value, word.value, kernel.trips], [5, 5, 1]);
      const again = kernel.lseek(fd, word, 0);
      kernel.flush();
      assertEquals(again.value, 5);
    });
  });

  test("an accepted errno does not end a batch, whichever of the six it is", ({ kernel }) => {
    for (const accept of [[ENOENT], [1, 3, 4, 5, 9, ENOENT], "any"] as const) {
      const missing = kernel.openat(-100, "/nonexistent/file", 0, 0, { accept });
      const after = kernel.umask(0o22);
      kernel.flush();
      assertEquals(missing.errno, ENOENT);
      assert(after.ok);
    }
  });

  test("the first errno that is not accepted ends a batch, and says where", ({ kernel }) => {
    kernel.umask(0o22);
    const failed = kernel.at({ step: "test", path: "mounts[3]" }, () => {
      return kernel.openat(-100, "/dev/null/file", 0, 0, { accept: [ENOENT] });
    });
    const after = kernel.umask(0);
    const error = assertThrows(() => kernel.flush(), KernelError);
    assertEquals([error.syscall, error.errno, error.where.path], ["openat", ENOTDIR, "mounts[3]"]);
    assertEquals(failed.value, -ENOTDIR);
    assert(after.skipped);
    const mask = kernel.umask(0o22);
    kernel.flush();
    assertEquals(mask.value, 0o22);
  });

  test("branches are taken and passed over", ({ kernel }) => {
    const good = kernel.umask(0o22), bad = kernel.close(-1, { accept: "any" });
    const zero = kernel.call("compare", [new Uint8Array(3), new Uint8Array(3), 3]);
    const one = kernel.call("compare", [new Uint8Array([0, 0, 1]), new Uint8Array(3), 3]);
    const taken: string[] = [], results: [string, ReturnType<typeof kernel.umask>][] = [];
    for (const [name, on] of Object.entries({ good, bad, zero, one })) {
      for (const condition of ["ok", "failed", "zero", "nonzero"] as const) {
        kernel.when(on, condition, () => {
          kernel.umask(0o22);
          // A branch inside a branch, never taken, with a call behind it.
          kernel.when(good, "failed", () => kernel.exitGroup(99));
          results.push([`${name} ${condition}`, kernel.umask(0o22)]);
        });
      }
    }
    const last = kernel.umask(0o22);
    kernel.flush();
    for (const [name, result] of results) if (result.ok) taken.push(name);
    assertEquals([zero.value, one.value, last.value], [0, 1, 0o22]);
    assertEquals(taken, [
      "good ok",
      "good nonzero",
      "bad failed",
      "bad nonzero",
      "zero ok",
      "zero zero",
      "one ok",
      "one nonzero",
    ]);
  });

  test("bytes are compared and results copied", ({ kernel, pid }) => {
    const place = new Out(16), result = kernel.call("getpid", []);
    kernel.copy(place, result, 8);
    const expected = new Uint8Array(16);
    new DataView(expected.buffer).setInt32(0, pid, true);
    const same = kernel.call("compare", [place, expected, 16]);
    const none = kernel.call("compare", [place, new Uint8Array(16).fill(1), 0]);
    const other = kernel.call("compare", [place, new Uint8Array(16), 16]);
    kernel.flush();
    assertEquals(place.view.getInt32(0, true), pid);
    assertEquals([same.value, none.value, other.value], [0, 0, 1]);
  });

  test("a result goes into a struct: a descriptor is handed over by a message", ({ kernel }) => {
    withFile("handed over", (path) => {
      const pair = new Out(8);
      kernel.socketpair(1, 2, 0, pair);
      kernel.flush();
      const received = receiveFdMessage(16, 2), fd = kernel.openat(-100, path, 0);
      kernel.call("sendmsg", [pair.view.getInt32(0, true), encodeFdMessage(new Uint8Array([42]), [fd]), 0]);
      const size = kernel.call("recvmsg", [pair.view.getInt32(4, true), received.message, 0]);
      kernel.flush();
      assertEquals([size.value, received.data.bytes[0], received.fds().length], [1, 42, 1]);
      const out = new Out(32), read = kernel.read(received.fds()[0]!, out);
      kernel.flush();
      assertEquals(text(out, read.value), "handed over");
    });
  });

  test("it goes on over another control socket", ({ kernel, control, pid }) => {
    kernel.dup3(control, control + 5, 0);
    kernel.call("control", [control + 5]);
    kernel.close(control);
    const result = kernel.call("getpid", []);
    kernel.flush();
    assertEquals(result.value, pid);
  });

  test("batches follow each other without waiting, and refer to results of those before", ({ kernel }) => {
    withFile("first second", (path) => {
      const out = new Out(5), fd = kernel.openat(-100, path, 0);
      kernel.push();
      const read = kernel.read(fd, out);
      kernel.push();
      kernel.when(read, "ok", () => kernel.close(fd));
      assertEquals(read.raw, undefined);
      kernel.flush();
      assertEquals(text(out, read.value), "first");
    });
  });

  test("a batch may be waited for with nothing behind it, and the next one is understood", ({ kernel }) => {
    withFile("text", (path) => {
      kernel.call("getpid", []);
      kernel.push();
      kernel.flush();
      const out = new Out(4), fd = kernel.openat(-100, path, 0), read = kernel.read(fd, out);
      kernel.flush();
      assertEquals(text(out, read.value), "text");
    });
  });

  test("a batch behind one that failed is not run, the one after the answer is", ({ kernel, pid }) => {
    withFile("", (path) => {
      kernel.openat(-100, "/nowhere/at/all", 0);
      kernel.push();
      const fd = kernel.openat(-100, path, 1), written = kernel.write(fd, "must not be");
      kernel.push();
      kernel.call("getpid", []);
      const error = assertThrows(() => kernel.flush(), KernelError);
      assertEquals([error.syscall, error.errnoName, written.skipped], ["openat", "ENOENT", true]);
      assertEquals(Deno.readTextFileSync(path), "");
      const result = kernel.call("getpid", []);
      kernel.flush();
      assertEquals(result.value, pid);
    });
  });

  test("a batch that wants no answer gets none", ({ kernel, pid }) => {
    withFile("", (path) => {
      const fd = kernel.openat(-100, path, 1);
      kernel.write(fd, "silent");
      kernel.sendTail(true);
      const result = kernel.call("getpid", []);
      kernel.flush();
      assertEquals(result.value, pid);
      assertEquals(Deno.readTextFileSync(path), "silent");
    });
  });

  Deno.test({
    name: `${name}: its death is noticed`,
    ignore,
    fn: async () => {
      const peer = start();
      peer.kernel.at({ step: "test" }, () => peer.kernel.exitGroup(7));
      const error = assertThrows(() => peer.kernel.flush(), PeerGoneError);
      assertEquals(error.message, "test: the process that does it died");
      peer.hangUp();
      assertEquals(await peer.wait(), 7);
    },
  });
}
