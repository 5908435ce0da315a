import { assert, assertEquals } from "@std/assert";
import { recordingKernel, statxBytes } from "../../tests/support/rootfs_fixture.ts";
import { copyTree } from "./copy_tree.ts";

/** A `struct linux_dirent64` list. */
function dirents(entries: readonly (readonly [name: string, type: number])[]): Uint8Array {
  const parts = entries.map(([name, type]) => {
    const size = (19 + name.length + 1 + 7) & ~7, bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint16(16, size, true);
    bytes[18] = type;
    bytes.set(new TextEncoder().encode(name), 19);
    return bytes;
  });
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) all.set(part, at), at += part.length;
  return all;
}

function file(mode: number, size = 0): Uint8Array {
  const bytes = statxBytes(mode), view = new DataView(bytes.buffer);
  view.setUint32(20, 5, true);
  view.setUint32(24, 6, true);
  view.setUint32(40, size, true);
  return bytes;
}

Deno.test("files, directories and links are copied with owner and mode, below descriptors", () => {
  // The link is one that its file system does not call so.
  const list = dirents([[".", 4], ["..", 4], ["f", 8], ["d", 4], ["l", 0], ["s", 12]]);
  const lists = [list, new Uint8Array(), new Uint8Array()];
  const kernel = recordingKernel({
    statx: [file(0o104755, 10), file(0o040700), file(0o120777), file(0o140666)],
    readlinkat: new TextEncoder().encode("/x"),
  });
  const call = kernel.call.bind(kernel);
  kernel.call = (name, args, options) => {
    const result = call(name, args, options);
    if (name === "getdents64") {
      const bytes = lists.shift()!, out = args[1] as { bytes: Uint8Array };
      out.bytes.set(bytes);
      Object.defineProperty(result, "value", { value: bytes.length });
    }
    return result;
  };
  copyTree(kernel, 3, 4);
  kernel.flush();
  const lines = kernel.lines();
  assert(
    lines.some((line) => /^openat\(3, "f", 0xa0800, 0\)$/.test(line)),
    "no link, and no wait for a FIFO",
  );
  assert(lines.some((line) => /^openat\(4, "f", 0xa00c1, 384\)$/.test(line)));
  // The second one says what the first has no room to say: that there was none.
  assertEquals(lines.filter((line) => line.startsWith("sendfile")).length, 2);
  assertEquals(lines.filter((line) => line.startsWith("fchownat")).map((line) => line.slice(0, 23)), [
    'fchownat(4, "f", 5, 6, ',
    'fchownat(4, "d", 5, 6, ',
    'fchownat(4, "l", 5, 6, ',
  ]);
  assertEquals(lines.filter((line) => line.startsWith("fchmodat")), [
    'fchmodat(4, "f", 2541)',
    'fchmodat(4, "d", 448)',
  ]);
  assert(lines.includes('symlinkat("/x", 4, "l")') && lines.includes('mkdirat(4, "d", 448)'));
  // Three directories' worth of reading: the top, its end, and that of d.
  assertEquals(lists.length, 0);
});
