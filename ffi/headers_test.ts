/**
 * Every number and every struct of `ffi/` against the headers of C: compiled, run, compared.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { parseSignal } from "../cmd/_signal.ts";
import { runC, skipWithout } from "../tests/support/tools.ts";
import { CAPABILITY_NAMES } from "../libcontainer/spec/capability_names.ts";
import { RLIMIT_NAMES } from "../libcontainer/spec/rlimit_names.ts";
import * as errno from "./errno.ts";
import { SYSCALLS as AARCH64 } from "./syscall_numbers/aarch64.ts";
import { SYSCALLS as X86_64 } from "./syscall_numbers/x86_64.ts";

/** The headers that each file of `constants/` is about. */
const HEADERS: Record<string, string[]> = {
  "capability.ts": ["linux/capability.h"],
  "clone.ts": ["linux/sched.h"],
  "fcntl.ts": ["fcntl.h", "unistd.h", "sys/file.h", "linux/memfd.h", "linux/close_range.h"],
  "filesystem_type.ts": ["linux/magic.h"],
  "ioctl.ts": ["sys/ioctl.h", "linux/if.h", "linux/nsfs.h"],
  "keyctl.ts": ["linux/keyctl.h"],
  "landlock.ts": ["linux/landlock.h"],
  "memory_policy.ts": ["linux/mempolicy.h"],
  "mount.ts": ["linux/mount.h", "linux/fs.h"],
  "netlink.ts": ["sys/socket.h", "linux/rtnetlink.h", "linux/if.h"],
  "open.ts": ["fcntl.h", "linux/openat2.h"],
  "personality.ts": ["linux/personality.h"],
  "poll.ts": ["poll.h"],
  "prctl.ts": ["linux/prctl.h"],
  "resource.ts": ["linux/resource.h", "#undef RLIM_INFINITY", "#define RLIM_INFINITY (~0ULL)"],
  "schedule.ts": ["linux/sched.h", "linux/ioprio.h"],
  "seccomp.ts": ["linux/seccomp.h"],
  "signal.ts": ["signal.h"],
  "socket.ts": ["sys/socket.h"],
  "stat.ts": ["sys/stat.h"],
  "termios.ts": ["asm/termbits.h"],
  "umount.ts": ["sys/mount.h"],
  "wait.ts": ["signal.h", "sys/wait.h"],
};

/** Names that Debian 12's headers (Linux 6.1) do not have yet, by the release that brought them. */
const NEWER: Record<string, string> = {
  LANDLOCK_ACCESS_FS_TRUNCATE: "6.2",
  LANDLOCK_RULE_NET_PORT: "6.7",
  LANDLOCK_ACCESS_NET_BIND_TCP: "6.7",
  LANDLOCK_ACCESS_NET_CONNECT_TCP: "6.7",
  LANDLOCK_ACCESS_FS_IOCTL_DEV: "6.10",
  LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET: "6.12",
  LANDLOCK_SCOPE_SIGNAL: "6.12",
  LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF: "6.15",
  LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON: "6.15",
  LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF: "6.15",
  LANDLOCK_ACCESS_FS_RESOLVE_UNIX: "7.1",
  LANDLOCK_ACCESS_NET_BIND_UDP: "7.2",
  LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP: "7.2",
  MFD_NOEXEC_SEAL: "6.3",
  MFD_EXEC: "6.3",
  MPOL_WEIGHTED_INTERLEAVE: "6.9",
  PID_FS_MAGIC: "6.9",
  STATX_MNT_ID_UNIQUE: "6.8",
};

const noCompiler = skipWithout("what ffi/ says, against the headers of C", "gcc");

/** Prints each of some C expressions as `name value`, value as 64 bits without sign. */
function printAll(expressions: readonly (readonly [name: string, expression: string])[]): string {
  return expressions.map(([name, expression]) =>
    `printf("%s %llu\\n", "${name}", (unsigned long long)(${expression}));`
  ).join("\n");
}

/** What C says of some expressions, by name. */
function evaluate(headers: readonly string[], names: readonly string[], prefix = ""): Map<string, bigint> {
  const lines = runC(headers, printAll(names.map((name) => [name, prefix + name])));
  return new Map(lines.map((line) => {
    const [name, value] = line.split(" ");
    return [name!, BigInt(value!)];
  }));
}

for (const { name: file } of Deno.readDirSync(new URL("./constants", import.meta.url))) {
  if (!file.endsWith(".ts") || file.endsWith("_test.ts")) continue;
  Deno.test({
    name: `constants/${file} says what the headers say`,
    ignore: noCompiler,
    fn: async () => {
      const headers = HEADERS[file];
      assert(headers, `add the headers of constants/${file} to the table in this test`);
      const constants = Object.entries(await import(`./constants/${file}`))
        .filter((entry): entry is [string, number | bigint] => ["number", "bigint"].includes(typeof entry[1]))
        .filter(([name]) => !(name in NEWER));
      assert(constants.length > 0, `constants/${file} has no constants`);
      const expected = evaluate(headers, constants.map(([name]) => name));
      for (const [name, value] of constants) {
        const theirs = expected.get(name)!;
        // A C constant of 32 bits with the highest one set is negative there, and is printed as 64 bits.
        const same = [theirs, theirs & 0xffffffffn].includes(BigInt.asUintN(64, BigInt(value)));
        assert(same, `${name}: ${value} here, ${BigInt.asIntN(64, theirs)} in C`);
      }
    },
  });
}

/** Fails with every name whose number differs. */
function compareNumbers(ours: Record<string, number>, theirs: ReadonlyMap<string, bigint>): void {
  const wrong = Object.entries(ours).filter(([name, number]) => theirs.get(name) !== BigInt(number));
  assertEquals(wrong.map(([name, number]) => `${name}: ${number} here, ${theirs.get(name)} in C`), []);
}

Deno.test({
  name: "system call numbers of x86-64 are those of asm/unistd_64.h",
  ignore: noCompiler || Deno.build.arch !== "x86_64",
  fn: () => compareNumbers(X86_64, evaluate(["asm/unistd_64.h"], Object.keys(X86_64), "__NR_")),
});

Deno.test({
  name: "system call numbers of aarch64 are those of asm-generic/unistd.h as arm64 configures it",
  ignore: noCompiler,
  fn: () => {
    // A call that aarch64 lacks has the number -1, and must be missing there in fact.
    const known = Object.entries(AARCH64).filter(([, number]) => number !== -1);
    const wants = ["RENAMEAT", "NEW_STAT", "SET_GET_RLIMIT", "TIME32_SYSCALLS", "SYS_CLONE3"];
    const headers = [...wants.map((want) => `#define __ARCH_WANT_${want}`), "asm-generic/unistd.h"];
    compareNumbers(Object.fromEntries(known), evaluate(headers, known.map(([name]) => name), "__NR_"));
    const missing = Object.keys(AARCH64).filter((name) => !known.some(([other]) => other === name));
    const checks = missing.map((name) => `#ifdef __NR_${name}\nprintf("${name}\\n");\n#endif`);
    assertEquals(runC(headers, checks.join("\n")), []);
  },
});

Deno.test("both architectures have numbers for the same calls", () => {
  assertEquals(Object.keys(AARCH64).sort(), Object.keys(X86_64).sort());
});

Deno.test({
  name: "errnos have the numbers and names of errno.h",
  ignore: noCompiler,
  fn: () => {
    const constants = Object.fromEntries(
      Object.entries<unknown>({ ...errno }).filter((entry): entry is [string, number] =>
        typeof entry[1] === "number"
      ),
    );
    compareNumbers(constants, evaluate(["errno.h"], Object.keys(constants)));
    // glibc knows every errno by name (strerrorname_np(3)).
    const names = runC(["string.h"], `for (int e = 1; e < 160; e++) puts(strerrorname_np(e) ?: "-");`);
    // glibc says ENOTSUP for the number that the kernel calls EOPNOTSUPP.
    const theirs = names.map((name) => name === "ENOTSUP" ? "EOPNOTSUPP" : name);
    const ours = names.map((_, i) => errno.errnoName(i + 1)).map((name) =>
      name.startsWith("errno") ? "-" : name
    );
    assertEquals(ours, theirs);
  },
});

Deno.test({
  name: "capabilities have the numbers of linux/capability.h",
  ignore: noCompiler,
  fn: () => {
    const ours = Object.fromEntries(CAPABILITY_NAMES.map((name, number) => [`CAP_${name}`, number]));
    const theirs = evaluate(["linux/capability.h"], [...Object.keys(ours), "CAP_LAST_CAP"]);
    compareNumbers(ours, theirs);
    assertEquals(BigInt(CAPABILITY_NAMES.length - 1), theirs.get("CAP_LAST_CAP"));
  },
});

Deno.test({
  name: "resource limits have the numbers of linux/resource.h",
  ignore: noCompiler,
  fn: () => {
    const ours = Object.fromEntries(RLIMIT_NAMES.map((name, number) => [`RLIMIT_${name}`, number]));
    const theirs = evaluate(["linux/resource.h"], [...Object.keys(ours), "RLIM_NLIMITS"]);
    compareNumbers(ours, theirs);
    assertEquals(BigInt(RLIMIT_NAMES.length), theirs.get("RLIM_NLIMITS"));
  },
});

Deno.test({
  name: "signals have the names of signal.h",
  ignore: noCompiler,
  fn: () => {
    const theirs = runC(["string.h", "signal.h"], `for (int s = 1; s < 32; s++) puts(sigabbrev_np(s));`);
    // glibc says POLL for what signal(7) calls IO first.
    const names = theirs.map((name) => name === "POLL" ? "IO" : name);
    assertEquals(names.map((name) => parseSignal(`SIG${name}`)), names.map((_, i) => i + 1));
  },
});
