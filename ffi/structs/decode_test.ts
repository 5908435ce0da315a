/**
 * Every struct that we read, against C: what was put into it there must come out here.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { bytesInC } from "../../tests/support/c_struct.ts";
import { runC, skipWithout } from "../../tests/support/tools.ts";
import { Out } from "../operation.ts";
import { decodeChildStatus, exitCodeOf, SIGINFO_SIZE } from "./siginfo.ts";
import { SECCOMP_DATA } from "./sock_filter.ts";
import { STAT, STAT_SIZE } from "./stat.ts";
import { decodeFilesystemType, STATFS_SIZE } from "./statfs.ts";
import { decodeStatx, STATX_SIZE } from "./statx.ts";

const noCompiler = skipWithout("structs that are read, against C", "gcc");

/** A region that the kernel has filled with these bytes. */
function filled(bytes: Uint8Array): Out {
  const out = new Out(bytes.length);
  out.bytes = bytes;
  return out;
}

Deno.test({
  name: "struct statx is read as C writes it",
  ignore: noCompiler,
  fn: () => {
    const bytes = bytesInC(
      ["linux/stat.h"],
      `struct statx v = { .stx_mode = 0100644, .stx_uid = 1, .stx_gid = 2, .stx_nlink = 3, .stx_ino = 1ull << 40,
        .stx_size = 1ull << 41, .stx_rdev_major = 4, .stx_rdev_minor = 5, .stx_dev_major = 6, .stx_dev_minor = 7,
        .stx_mnt_id = 8, .stx_attributes = STATX_ATTR_MOUNT_ROOT };`,
    );
    assertEquals(bytes.length, STATX_SIZE);
    assertEquals(decodeStatx(filled(bytes)), {
      mode: 0o100644,
      uid: 1,
      gid: 2,
      links: 3,
      inode: 2 ** 40,
      size: 2 ** 41,
      rdevMajor: 4,
      rdevMinor: 5,
      devMajor: 6,
      devMinor: 7,
      mountId: 8,
      attributes: 0x2000,
    });
  },
});

Deno.test({
  name: "siginfo_t of waitid is read as C writes it",
  ignore: noCompiler,
  fn: () => {
    const bytes = bytesInC(
      ["signal.h"],
      `siginfo_t v; v.si_signo = SIGCHLD; v.si_code = CLD_KILLED; v.si_pid = 123; v.si_uid = 4; v.si_status = 9;`,
    );
    assertEquals(bytes.length, SIGINFO_SIZE);
    const status = decodeChildStatus(filled(bytes))!;
    assertEquals(status, { pid: 123, uid: 4, code: 2, status: 9 });
    assertEquals(exitCodeOf(status), 137);
    assertEquals(exitCodeOf({ ...status, code: 1, status: 3 }), 3);
  },
});

Deno.test("siginfo_t of waitid with WNOHANG says when no child had changed", () => {
  assertEquals(decodeChildStatus(new Out(SIGINFO_SIZE)), undefined);
});

Deno.test({
  name: "struct statfs is read as C writes it",
  ignore: noCompiler,
  fn: () => {
    const bytes = bytesInC(["sys/vfs.h", "linux/magic.h"], `struct statfs v = { .f_type = SELINUX_MAGIC };`);
    assertEquals(bytes.length, STATFS_SIZE);
    assertEquals(decodeFilesystemType(filled(bytes)), 0xf97cff8c);
  },
});

Deno.test({
  name: "the offsets in struct seccomp_data are those of C",
  ignore: noCompiler,
  fn: () => {
    const offsets = ["nr", "arch", "instruction_pointer", "args"].map((field) =>
      `printf("%lu\\n", __builtin_offsetof(struct seccomp_data, ${field}));`
    );
    const theirs = runC(["linux/seccomp.h"], offsets.join("\n")).map(Number);
    assertEquals(Object.values(SECCOMP_DATA), theirs);
  },
});

Deno.test({
  name: "the offsets in struct stat are those of C",
  ignore: noCompiler,
  fn: () => {
    const offsets = Object.keys(STAT).map((field) =>
      `printf("%lu\\n", __builtin_offsetof(struct stat, st_${field}));`
    );
    const [size = 0, ...theirs] = runC(
      ["sys/stat.h"],
      ['printf("%lu\\n", sizeof(struct stat));', ...offsets].join("\n"),
    ).map(Number);
    assertEquals(Object.values(STAT), theirs);
    assert(size <= STAT_SIZE);
  },
});
