/**
 * The seccomp compiler on machines that are not here: filters for each native architecture, of either byte order,
 * beside the plain reading of the specification. libseccomp knows only the machine that it runs on.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { architectureNames, findArchitecture } from "../../libcontainer/security/seccomp/architectures.ts";
import { compileSeccomp } from "../../libcontainer/security/seccomp/compile.ts";
import { NAMES } from "../../libcontainer/security/seccomp/syscall_table.ts";
import { MULTIPLEXED } from "../../libcontainer/security/seccomp/syscalls.ts";
import type { LinuxSeccomp } from "../../libcontainer/spec/seccomp.ts";
import { interpret, seccompData } from "../support/bpf.ts";
import { boundaryArguments, generateProfile, Random } from "../support/seccomp_profiles.ts";
import { numberOf, possibleActions } from "../support/seccomp_reference.ts";

const ENOSYS = 0x50026;

/** The newest number that a profile names; calls that are reached another way too do not count, nor does 0. */
function newestOf(native: string, { syscalls = [], defaultAction }: LinuxSeccomp): number {
  if (["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE"].includes(defaultAction)) return 0;
  const architecture = findArchitecture(native)!;
  const names = syscalls.flatMap(({ names }) => names)
    .filter((name) => !architecture.multiplexed || MULTIPLEXED[name] === undefined);
  return Math.max(0, ...names.map((name) => numberOf(architecture, name) ?? 0));
}

/** What the kernel of a machine gives a filter. */
function dataOf(native: string, nr: number, args: readonly bigint[]): Uint32Array {
  const { audit, bigEndian } = findArchitecture(native)!;
  const halves = bigEndian ? args.map((arg) => (arg & 0xffffffffn) << 32n | arg >> 32n) : args;
  return seccompData(nr, audit, halves);
}

// x32 is nobody's native architecture.
for (const native of architectureNames().filter((name) => name !== "SCMP_ARCH_X32")) {
  Deno.test(`filters for machines of ${native} do what profiles say`, () => {
    const { base, table } = findArchitecture(native)!, names = NAMES.split(" ");
    const numbers = [...Array.from({ length: 620 }, (_, i) => base + i), 0xf0001, 0xf0005];
    let verdicts = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed * 7919);
      const profile = { ...generateProfile(random, { names, mixed: false }), architectures: [] };
      const { program } = compileSeccomp(profile, native), newest = newestOf(native, profile);
      const args = (profile.syscalls ?? []).flatMap(({ args }) => args ?? []);
      const tuples = [new Array<bigint>(6).fill(0n), ...boundaryArguments(random, args, 20)];
      for (const nr of numbers) {
        for (const tuple of tuples) {
          const { value, looked } = interpret(program, dataOf(native, nr, tuple));
          const newer = newest > 0 && nr > newest || newest > 0 && nr === 0 && table.startsWith("s390");
          const possible = newer ? new Set([ENOSYS]) : possibleActions(profile, native, nr, tuple);
          const what = `seed ${seed}: ${nr} with ${tuple}: 0x${value.toString(16)}`;
          assert(possible.has(value), what);
          // Names that share a number may have an action each.
          if (native === "SCMP_ARCH_AARCH64") assertEquals(possible.size, 1, what);
          verdicts++;
          if (!looked) break;
        }
      }
    }
    assert(verdicts > 7000);
  });
}
