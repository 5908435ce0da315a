import { assert, assertEquals, assertThrows } from "@std/assert";
import { interpret, seccompData } from "../../../tests/support/bpf.ts";
import type { LinuxSeccomp } from "../../spec/seccomp.ts";
import { compileSeccomp } from "./compile.ts";

const X86_64 = 0xc000003e, X86 = 0x40000003, ALLOW = 0x7fff0000, KILL = 0, ENOSYS = 0x50026, EPERM = 0x50001;
const READ = 0, MKDIR = 83, SOCKETCALL = 102, X32 = 0x40000000;

/** What a profile's filter says of a call. */
function verdict(profile: LinuxSeccomp, nr: number, args: readonly bigint[] = [], audit = X86_64): number {
  const { program } = compileSeccomp(profile, "SCMP_ARCH_X86_64");
  return interpret(program, seccompData(nr, audit, args)).value;
}

function allowing(...names: string[]): LinuxSeccomp {
  return { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names, action: "SCMP_ACT_ALLOW" }] };
}

Deno.test("compileSeccomp() makes one instruction after the architecture of a profile without rules", () => {
  const { program, flags } = compileSeccomp({ defaultAction: "SCMP_ACT_ALLOW" }, "SCMP_ARCH_AARCH64");
  assertEquals(program.length / 2, 4);
  assertEquals(flags, 4); // SPEC_ALLOW, as runc has it where a profile does not say
  assertEquals(compileSeccomp({ defaultAction: "SCMP_ACT_ALLOW", flags: [] }).flags, 0);
});

Deno.test("compileSeccomp() gives listed calls their action, others the default, newer ones ENOSYS", () => {
  const profile = allowing("read", "mkdir");
  assertEquals(verdict(profile, READ), ALLOW);
  assertEquals(verdict(profile, MKDIR), ALLOW);
  assertEquals(verdict(profile, MKDIR - 1), EPERM);
  assertEquals(verdict(profile, MKDIR + 1), ENOSYS);
  assertEquals(verdict({ ...profile, defaultAction: "SCMP_ACT_LOG" }, MKDIR + 1), 0x7ffc0000);
});

Deno.test("compileSeccomp() kills what another architecture calls, x32 among them", () => {
  const profile = allowing("read");
  assertEquals(verdict(profile, READ, [], X86), KILL);
  assertEquals(verdict(profile, READ | X32), KILL);
  const wide = { ...profile, architectures: ["SCMP_ARCH_X32", "SCMP_ARCH_X86"] };
  assertEquals(verdict(wide, READ | X32), ALLOW);
  assertEquals(verdict(wide, 3, [], X86), ALLOW);
});

Deno.test("compileSeccomp() leaves a tracer's number -1 alone", () => {
  assertEquals(verdict(allowing("read"), 0xffffffff), EPERM);
  assertEquals(verdict(allowing("read"), 0xfffffffe), KILL);
});

Deno.test("compileSeccomp() knows that sockets have two ways on x86", () => {
  const profile = { ...allowing("mkdir", "connect"), architectures: ["SCMP_ARCH_X86"] };
  assertEquals(verdict({ ...profile, defaultAction: "SCMP_ACT_TRAP" }, SOCKETCALL, [3n], X86), ENOSYS);
  const known = { ...allowing("bpf", "connect"), architectures: ["SCMP_ARCH_X86"] };
  assertEquals(verdict(known, SOCKETCALL, [3n], X86), ALLOW);
  assertEquals(verdict(known, SOCKETCALL, [4n], X86), EPERM);
});

Deno.test("compileSeccomp() compares all 64 bits of an argument", () => {
  const value = 0x100000005n;
  const cases: [op: string, below: number, same: number, above: number][] = [
    ["EQ", 0, 1, 0],
    ["NE", 1, 0, 1],
    ["LT", 1, 0, 0],
    ["LE", 1, 1, 0],
    ["GE", 0, 1, 1],
    ["GT", 0, 0, 1],
  ];
  for (const [op, below, same, above] of cases) {
    const profile = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{
        names: ["mkdir"],
        action: "SCMP_ACT_ERRNO",
        args: [{ index: 2, value, op: `SCMP_CMP_${op}` }],
      }],
    } as unknown as LinuxSeccomp;
    const matches = (arg: bigint) => Number(verdict(profile, MKDIR, [0n, 0n, arg]) === EPERM);
    for (const arg of [0n, 5n, value - 1n, 0xffffffffn]) assertEquals([op, matches(arg)], [op, below]);
    assertEquals([op, matches(value)], [op, same]);
    for (const arg of [value + 1n, 0x200000000n, 0xffffffffffffffffn]) {
      assertEquals([op, matches(arg)], [op, above]);
    }
  }
});

Deno.test("compileSeccomp() masks both halves", () => {
  const profile: LinuxSeccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{
      names: ["mkdir"],
      action: "SCMP_ACT_ERRNO",
      args: [{ index: 0, value: 0xf00000000fn, valueTwo: 0x300000000cn, op: "SCMP_CMP_MASKED_EQ" }],
    }],
  };
  assertEquals(verdict(profile, MKDIR, [0x3000000fcn]), ALLOW);
  assertEquals(verdict(profile, MKDIR, [0xff3f0000001cn]), EPERM);
  assertEquals(verdict(profile, MKDIR, [0x300000000dn]), ALLOW);
});

Deno.test("compileSeccomp() jumps farther than a conditional jump can", () => {
  const syscalls = Array.from({ length: 300 }, (_, i) => ({
    names: ["mkdir"],
    action: "SCMP_ACT_ERRNO",
    errnoRet: i + 1,
    args: [{ index: 0, value: i, op: "SCMP_CMP_EQ" }, { index: 1, value: i, op: "SCMP_CMP_EQ" }],
  }));
  const profile = { defaultAction: "SCMP_ACT_ALLOW", syscalls } as LinuxSeccomp;
  for (const i of [0, 1, 150, 299]) {
    assertEquals(verdict(profile, MKDIR, [BigInt(i), BigInt(i)]), 0x50000 | (i + 1));
    assertEquals(verdict(profile, MKDIR, [BigInt(i), BigInt(i + 1)]), ALLOW);
  }
});

Deno.test("compileSeccomp() refuses what the kernel would", () => {
  const args = (value: number) => [0, 1, 2, 3, 4, 5].map((index) => ({ index, value, op: "SCMP_CMP_EQ" }));
  const syscalls = Array.from({ length: 200 }, (_, i) => ({
    names: ["mkdir"],
    action: "SCMP_ACT_ERRNO",
    args: args(i),
  }));
  const large = { defaultAction: "SCMP_ACT_ALLOW", syscalls } as unknown as LinuxSeccomp;
  assertThrows(() => compileSeccomp(large), Error, "error loading seccomp filter: invalid argument");
  const foreign: LinuxSeccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_PARISC"] };
  assertThrows(() => compileSeccomp(foreign), Error, "numerical argument out of domain");
});

Deno.test("compileSeccomp() asks for a descriptor where the filter tells of calls", () => {
  const { flags, listenerPath, listenerMetadata } = compileSeccomp({
    defaultAction: "SCMP_ACT_ALLOW",
    flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC"],
    listenerPath: "/run/agent",
    listenerMetadata: "words",
    syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }],
  });
  assertEquals([flags, listenerPath, listenerMetadata], [0x28, "/run/agent", "words"]);
});

Deno.test("compileSeccomp() finds common calls within a dozen steps", () => {
  const names = "read write close fstat mmap mprotect munmap brk futex openat getpid gettid nanosleep".split(
    " ",
  );
  const { program } = compileSeccomp({ ...allowing(...names), architectures: ["SCMP_ARCH_X86"] });
  const { value, steps } = interpret(program, seccompData(READ, X86_64));
  assertEquals(value, ALLOW);
  assert(steps <= 8, `${steps}`);
});
