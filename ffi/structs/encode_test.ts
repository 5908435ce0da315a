/**
 * Every struct that we write, against C: the bytes must be those of the same struct there.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { bytesInC } from "../../tests/support/c_struct.ts";
import { runC, skipWithout } from "../../tests/support/tools.ts";
import { type Block, Out, Result } from "../operation.ts";
import { u64s } from "../kernel.ts";
import { encodeCapabilityData, encodeCapabilityHeader } from "./capability_data.ts";
import { encodeCloneArgs } from "./clone_args.ts";
import { encodeFdMessage } from "./fd_message.ts";
import { encodeIfreq } from "./ifreq.ts";
import { encodeLandlockRuleset, encodeNetPort, encodePathBeneath } from "./landlock.ts";
import { encodePollfds } from "./pollfd.ts";
import { encodeSchedAttr } from "./sched_attr.ts";
import { encodeSigset } from "./sigaction.ts";
import { encodeFilterProgram } from "./sock_filter.ts";
import { encodeSockaddrUn } from "./sockaddr_un.ts";
import { encodeWinsize } from "./winsize.ts";

const noCompiler = skipWithout("structs that are written, against C", "gcc");

/** An address that stands for the n-th pointer of a struct. */
const POINTER = 0x1111000;

/** A block's own bytes, with {@linkcode POINTER} and what follows for pointers, and known results put in. */
function flatten({ bytes, parts }: Block): Uint8Array {
  const copy = bytes.slice(), view = new DataView(copy.buffer);
  parts.forEach(({ at, value, size }, i) => {
    const word = value instanceof Result ? value.value : POINTER + i;
    if (size === 4) view.setInt32(at, word, true);
    else view.setBigInt64(at, BigInt(word), true);
  });
  return copy;
}

function known(value: number): Result {
  const result = new Result();
  result.raw = value;
  return result;
}

const fdMessage = encodeFdMessage(new Uint8Array([1, 2, 3]), [7, known(8), 9]);
const partAt = (block: Block, index: number) => block.parts[index]!.value as Block;

/** Encoders: name, headers, declaration in C, our bytes. */
const ENCODED:
  readonly (readonly [name: string, headers: string[], declaration: string, ours: () => Uint8Array])[] = [
    [
      "struct clone_args",
      ["linux/sched.h"],
      `struct clone_args v = { .flags = CLONE_INTO_CGROUP | CLONE_VM, .pidfd = ${POINTER}, .exit_signal = 17, .cgroup = 5 };`,
      () => flatten(encodeCloneArgs({ flags: 0x200000100, pidfd: new Out(4), exitSignal: 17, cgroup: 5 })),
    ],
    [
      "struct clone_args with a descriptor that is the result of a call",
      ["linux/sched.h"],
      `struct clone_args v = { .flags = 1ull << 32, .cgroup = 6 };`,
      () => flatten(encodeCloneArgs({ flags: 0x100000000, cgroup: known(6) })),
    ],
    [
      "struct open_how",
      ["linux/openat2.h"],
      `struct open_how v = { .flags = 1, .mode = 2, .resolve = 3 };`,
      () => u64s(1, 2, 3),
    ],
    [
      "struct mount_attr",
      ["linux/mount.h"],
      `struct mount_attr v = { .attr_set = 1, .attr_clr = 2, .propagation = 3, .userns_fd = 4 };`,
      () => u64s(1, 2, 3, 4),
    ],
    [
      "struct __user_cap_header_struct",
      ["linux/capability.h"],
      `struct __user_cap_header_struct v = { .version = _LINUX_CAPABILITY_VERSION_3 };`,
      encodeCapabilityHeader,
    ],
    [
      "struct __user_cap_data_struct",
      ["linux/capability.h"],
      `struct __user_cap_data_struct v[2] = { { .effective = 1, .permitted = 3, .inheritable = 0x80000000 },
        { .effective = 0x100, .permitted = 0x1ff, .inheritable = 0 } };`,
      () =>
        encodeCapabilityData({
          effective: 0x100_00000001n,
          permitted: 0x1ff_00000003n,
          inheritable: 0x80000000n,
        }),
    ],
    [
      "struct ifreq",
      ["linux/if.h"],
      `struct ifreq v = { .ifr_name = "eth0", .ifr_flags = IFF_UP | IFF_MULTICAST };`,
      () => encodeIfreq("eth0", 0x1001),
    ],
    [
      "struct sched_attr, its first version",
      ["#define sched_attr newer_sched_attr", "linux/sched/types.h", "#undef sched_attr"],
      `struct { __u32 size, policy; __u64 flags; __s32 nice; __u32 priority; __u64 runtime, deadline, period; } v =
       { SCHED_ATTR_SIZE_VER0, 6, 0x10, -5, 99, 1ull << 40, 2ull << 40, 3ull << 40 };
     _Static_assert(sizeof v == __builtin_offsetof(struct newer_sched_attr, sched_util_min), "size");
     _Static_assert(__builtin_offsetof(struct newer_sched_attr, sched_runtime) == 24, "offset");`,
      () =>
        encodeSchedAttr({
          policy: 6,
          flags: 0x10,
          nice: -5,
          priority: 99,
          runtime: 1n << 40n,
          deadline: 2n << 40n,
          period: 3n << 40n,
        }),
    ],
    [
      "struct landlock_ruleset_attr, with what Debian 12's headers do not have yet behind it",
      ["linux/landlock.h"],
      `struct { struct landlock_ruleset_attr first; __u64 net, scoped; } v =
       { { LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REFER }, 3, 2 };`,
      () => encodeLandlockRuleset({ handledFs: 0x2001, handledNet: 3, scoped: 2 }),
    ],
    [
      "struct landlock_path_beneath_attr",
      ["linux/landlock.h"],
      `struct landlock_path_beneath_attr v = { .allowed_access = LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = 5 };`,
      () => flatten(encodePathBeneath(8, 5)),
    ],
    [
      "struct landlock_path_beneath_attr with a descriptor that is the result of a call",
      ["linux/landlock.h"],
      `struct landlock_path_beneath_attr v = { .allowed_access = 1ull << 32, .parent_fd = 6 };`,
      () => flatten(encodePathBeneath(0x100000000, known(6))),
    ],
    [
      "struct landlock_net_port_attr, which Debian 12's headers do not have yet",
      ["linux/types.h"],
      `struct { __u64 allowed_access, port; } v = { 2, 65535 };`,
      () => encodeNetPort(2, 65535),
    ],
    [
      "struct sock_fprog",
      ["linux/filter.h"],
      `struct sock_fprog v = { .len = 3, .filter = (void *)${POINTER} };`,
      () => flatten(encodeFilterProgram(new Uint8Array(24))),
    ],
    [
      "struct pollfd",
      ["poll.h"],
      `struct pollfd v[2] = { { .fd = 3, .events = POLLIN }, { .fd = -1, .events = POLLIN | POLLHUP } };`,
      () => encodePollfds([{ fd: 3, events: 1 }, { fd: -1, events: 0x11 }]),
    ],
    [
      "struct winsize",
      ["sys/ioctl.h"],
      `struct winsize v = { .ws_row = 25, .ws_col = 300 };`,
      () => encodeWinsize(25, 300),
    ],
    [
      "struct msghdr",
      ["sys/socket.h"],
      `struct msghdr v = { .msg_iov = (void *)${POINTER}, .msg_iovlen = 1, .msg_control = (void *)${
        POINTER + 1
      },
       .msg_controllen = CMSG_SPACE(12) };`,
      () => flatten(fdMessage),
    ],
    [
      "struct iovec",
      ["sys/uio.h"],
      `struct iovec v = { .iov_base = (void *)${POINTER}, .iov_len = 3 };`,
      () => flatten(partAt(fdMessage, 0)),
    ],
    [
      "struct cmsghdr with descriptors",
      ["sys/socket.h"],
      `struct { struct cmsghdr h; int fds[4]; } v =
       { { .cmsg_len = CMSG_LEN(12), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS }, { 7, 8, 9 } };
     _Static_assert(sizeof v == CMSG_SPACE(12), "size");`,
      () => flatten(partAt(fdMessage, 1)),
    ],
  ];

for (const [name, headers, declaration, ours] of ENCODED) {
  Deno.test({
    name: `${name} is written as in C`,
    ignore: noCompiler,
    fn: () => assertEquals(ours(), bytesInC(headers, declaration)),
  });
}

Deno.test({
  name: "struct sockaddr_un is written as in C, as long as its path",
  ignore: noCompiler,
  fn: () => {
    const theirs = bytesInC(
      ["sys/socket.h", "sys/un.h"],
      `struct sockaddr_un v = { .sun_family = AF_UNIX, .sun_path = "/run/x" };`,
    );
    assertEquals(encodeSockaddrUn("/run/x"), theirs.slice(0, 2 + 7));
    assertEquals(encodeSockaddrUn("\0abstract").length, 2 + 9);
    encodeSockaddrUn("x".repeat(theirs.length - 3));
    assertThrows(() => encodeSockaddrUn("x".repeat(theirs.length - 2)), RangeError);
  },
});

Deno.test({
  name: "a sigset_t is written as in C",
  ignore: noCompiler,
  fn: () => {
    // glibc's sigset_t is longer than the kernel's 8 bytes.
    const theirs = runC(
      ["signal.h", "string.h"],
      `sigset_t s; sigemptyset(&s); sigaddset(&s, SIGHUP);
      sigaddset(&s, SIGCHLD); unsigned long w; memcpy(&w, &s, 8); printf("%lu\\n", w);`,
    );
    assertEquals(new DataView(encodeSigset([1, 17]).buffer).getBigUint64(0, true), BigInt(theirs[0]!));
  },
});
