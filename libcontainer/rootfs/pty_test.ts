import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DEVPTS_SUPER_MAGIC, TMPFS_MAGIC } from "../../ffi/constants/filesystem_type.ts";
import { S_IFCHR, S_IFREG } from "../../ffi/constants/stat.ts";
import { ELOOP, ENOENT, ENOTDIR, EXDEV } from "../../ffi/errno.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import {
  type Answers,
  howByPath,
  recordingKernel,
  ROOT,
  statfsBytes,
  statxBytes,
  testConfig,
  testContext,
} from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { makeTerminal, openPty } from "./pty.ts";

const GOOD: Answers = {
  fstatfs: statfsBytes(DEVPTS_SUPER_MAGIC),
  statx: statxBytes(S_IFCHR | 0o666, 5, 2),
};
const NONE = { rows: 0, columns: 0 }, TERMINAL = processConfig({ terminal: NONE });

Deno.test("a process without a terminal makes none", () => {
  const kernel = recordingKernel();
  makeTerminal(kernel, testConfig(), testContext());
  assertEquals(kernel.operations, []);
});

Deno.test("the terminal is made, bound to the console and put onto the streams, in this order", () => {
  const kernel = recordingKernel({ ...GOOD, 'openat2(7, "dev/console"': [-ENOENT, 50, 51] }),
    context = testContext();
  makeTerminal(kernel, TERMINAL, context);
  kernel.flush();
  assertEquals(
    kernel.operations.map(({ name }) => name).join(" "),
    "openat2 fstatfs openat2 statx ioctl ioctl openat2 openat2 close openat2 open_tree move_mount dup3 dup3 dup3 ioctl close",
  );
  assertEquals(context.root.pty?.master.value, 101);
});

Deno.test("without the mount API the console is bound by the descriptors' links below the host's /proc", () => {
  const kernel = recordingKernel(GOOD), context = testContext();
  Object.assign(context.root, { mountsByPath: true, hostProc: 9 });
  makeTerminal(kernel, TERMINAL, context);
  kernel.flush();
  const lines = kernel.lines(), at = lines.indexOf("fchdir(9)");
  assertMatch(lines[at + 1]!, /^mount\("self\/fd\/\d+", "self\/fd\/\d+", 0, 0x1000, 0\)$/);
  assertEquals(lines[at + 2], 'chdir("/")');
});

Deno.test("a size is set when both numbers are known", () => {
  for (const [rows, columns, expected] of [[24, 80, 3], [24, 0, 2], [0, 80, 2]] as const) {
    const kernel = recordingKernel(GOOD);
    openPty(kernel, ROOT, { rows, columns });
    kernel.flush();
    assertEquals(kernel.operations.filter(({ name }) => name === "ioctl").length, expected);
  }
});

Deno.test("no link is followed to the devpts, and no other mount is taken for what is in it", () => {
  const kernel = recordingKernel(GOOD);
  openPty(kernel, ROOT, NONE);
  const how = howByPath(kernel);
  // BENEATH, NO_SYMLINKS, NO_MAGICLINKS; NO_XDEV
  assertEquals([how["dev/pts"]!.resolve, how["ptmx"]!.resolve], [0b1110, 0b1111]);
});

for (
  const [what, answers, message] of [
    ["nothing", { 'openat2(7, "dev/pts"': -ENOENT }, "open /dev/pts/ptmx: no such file or directory"],
    [
      "a link",
      { 'openat2(7, "dev/pts"': -ELOOP },
      "/dev/pts is not a directory, or a link is on the way to it",
    ],
    [
      "a file",
      { 'openat2(7, "dev/pts"': -ENOTDIR },
      "/dev/pts is not a directory, or a link is on the way to it",
    ],
    ["a tmpfs", { fstatfs: statfsBytes(TMPFS_MAGIC) }, "ptmx handle is not on a real devpts mount"],
    [
      "a devpts without ptmx",
      { 'openat2(?, "ptmx"': -ENOENT },
      "open /dev/pts/ptmx: no such file or directory",
    ],
    ["a mount on ptmx", { 'openat2(?, "ptmx"': -EXDEV }, "ptmx handle is not a real char ptmx device"],
    ["another device", { statx: statxBytes(S_IFCHR, 1, 3) }, "ptmx handle is not a real char ptmx device"],
    ["a plain file", { statx: statxBytes(S_IFREG, 5, 2) }, "ptmx handle is not a real char ptmx device"],
  ] as [string, Answers, string][]
) {
  Deno.test(`${what} in the place of the devpts is refused, and nothing of it used`, () => {
    const kernel = recordingKernel({ ...GOOD, ...answers });
    const error = assertThrows(() => openPty(kernel, ROOT, NONE), RuntError, message);
    assertEquals([error.code, error.path], ["unsafe", "process.terminal"]);
    assert(!kernel.operations.some(({ name }) => name === "ioctl"));
  });
}
