/**
 * The seccomp compiler beside libseccomp: profiles are compiled by both, and both filters are run over all numbers of
 * all architectures, and over arguments around all values that a profile compares with.
 *
 * A third opinion is `seccomp_reference.ts`, which reads the specification rule by rule. Where libseccomp differs from
 * it, the test says so and goes on: these are known faults of libseccomp's.
 *
 * - Comparisons of 64-bit values by GT, GE, LT and LE on one argument are merged wrongly (2.5.x, fixed in 2.6.1:
 *   GHSA-4q85-33p6-j5g6).
 * - The number is not loaded where the first call of an architecture's list is one that the architecture lacks.
 *
 * `RUNT_SECCOMP_PROFILES=N` has N profiles of each kind generated; `RUNT_SECCOMP_DIRECTORY` names a directory with more
 * profiles, as config.json or as Docker has them.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { architectureNames, findArchitecture } from "../../libcontainer/security/seccomp/architectures.ts";
import { compileSeccomp } from "../../libcontainer/security/seccomp/compile.ts";
import { NAMES } from "../../libcontainer/security/seccomp/syscall_table.ts";
import type { LinuxSeccomp } from "../../libcontainer/spec/seccomp.ts";
import { interpret, seccompData } from "../support/bpf.ts";
import { isHiddenByRunc, Libseccomp, LibseccompError } from "../support/libseccomp.ts";
import { unpackPackage } from "../../tools/guest/debian.ts";
import { type Lack, testNeeding } from "../support/needs.ts";
import {
  boundaryArguments,
  engineProfiles,
  generateProfile,
  PODMAN_DEFAULT,
  Random,
} from "../support/seccomp_profiles.ts";
import { testedProfiles } from "../support/seccomp_tested_profiles.ts";
import { nameOf, NAMES_BY_AUDIT, numberOf, possibleActions } from "../support/seccomp_reference.ts";

const NATIVE = "SCMP_ARCH_X86_64", ENOSYS = 0x50026, KILL = 0;
const COUNT = Number(Deno.env.get("RUNT_SECCOMP_PROFILES") ?? 150);

/** Has Docker's default profile among its sources; it is fetched and unpacked for the test, not installed. */
const DOCKER_PACKAGE = "golang-github-docker-docker-dev";
const docker = once(() => {
  const directory = Deno.makeTempDirSync({ prefix: "runt-docker-" });
  try {
    unpackPackage(DOCKER_PACKAGE, directory);
    const sources = `${directory}/usr/share/gocode/src/github.com/docker/docker`;
    return Deno.readTextFileSync(`${sources}/profiles/seccomp/default.json`);
  } catch {
    return undefined;
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const libseccomp: Lack = () => {
  try {
    new Libseccomp()[Symbol.dispose]();
    return Deno.build.arch === "x86_64" ? undefined : "needs x86-64";
  } catch {
    return "needs libseccomp.so.2";
  }
};

/** All numbers that any architecture has, and those where a range may end. */
const NUMBERS = [
  ...[0, 4000, 5000, 6000, 0x40000000].flatMap((base) => Array.from({ length: 620 }, (_, i) => base + i)),
  ...Array.from({ length: 10 }, (_, i) => 0xf0000 + i),
  ...[0x3fffffff, 0x7fffffff, 0x80000000, 0x80000001, 0xbfffffff, 0xc0000000, 0xfffffffe, 0xffffffff],
];
/** Those that filters may be for, and two that they cannot be for. */
const AUDITS = [...Object.keys(NAMES_BY_AUDIT).map(Number), 0x16, 0];

/** Newer than Debian's libseccomp, or known to it by another number. */
const DIFFERENT = ["map_shadow_stack", "_llseek"];

interface Tally {
  verdicts: number;
  /** Verdicts in which libseccomp differs from the specification, and runt does not. */
  faults: number;
  /** Verdicts on calls for which rules contradict each other, that came out differently. */
  contradictions: number;
}

/** A profile without the calls that are newer than this libseccomp, which passes them over, and so calls them new. */
function knownTo(library: Libseccomp, profile: LinuxSeccomp): LinuxSeccomp {
  const token = library.token(NATIVE);
  const isOurs = new Set(NAMES.split(" "));
  const known = (name: string) =>
    !isOurs.has(name) || library.number(token, name) !== undefined && !DIFFERENT.includes(name);
  return {
    ...profile,
    syscalls: (profile.syscalls ?? []).map((rule) => ({ ...rule, names: rule.names.filter(known) })),
  };
}

/** Compares the two filters of a profile. */
function compare(
  library: Libseccomp,
  label: string,
  profile: LinuxSeccomp,
  random: Random,
  tally: Tally,
): void {
  let reference: Uint32Array | undefined, program: readonly number[] | undefined;
  let refusal = "";
  try {
    reference = library.compile(profile);
  } catch (error) {
    if (!(error instanceof LibseccompError)) throw error;
  }
  try {
    ({ program } = compileSeccomp(profile, NATIVE));
  } catch (error) {
    refusal = (error as Error).message;
  }
  if (program === undefined || reference === undefined) {
    // libseccomp sees a contradiction in some rules of which one can be asked before the other, too.
    assert(reference === undefined, `${label}: ${refusal}`);
    assert(program !== undefined || refusal.endsWith("file exists"), refusal);
    if (program !== undefined) tally.contradictions++;
    return;
  }
  const hidden = isHiddenByRunc(library, profile, NATIVE);
  const args = (profile.syscalls ?? []).flatMap(({ args }) => args ?? []);
  const tuples = [new Array<bigint>(6).fill(0n), ...(args.length ? boundaryArguments(random, args, 40) : [])];
  for (const audit of AUDITS) {
    for (const nr of NUMBERS) {
      const isHidden = hidden(audit, nr);
      for (const tuple of tuples) {
        const data = seccompData(nr, audit, tuple), ours = interpret(program, data);
        const theirs = isHidden ? { value: ENOSYS, looked: false } : interpret(reference, data);
        tally.verdicts++;
        if (ours.value !== theirs.value) {
          const possible = possibleHere(profile, audit, nr, tuple, isHidden);
          const what = `${label}: number ${nr} of 0x${audit.toString(16)} with ${tuple}: runt 0x${
            ours.value.toString(16)
          }, libseccomp 0x${theirs.value.toString(16)}`;
          assert(possible.has(ours.value), what);
          if (!possible.has(theirs.value)) tally.faults++;
          else tally.contradictions++;
        }
        if (!ours.looked && !theirs.looked) break;
      }
    }
  }
}

function possibleHere(
  profile: LinuxSeccomp,
  audit: number,
  nr: number,
  args: readonly bigint[],
  isHidden: boolean,
): ReadonlySet<number> {
  const name = nameOf(audit, nr);
  if (isHidden) return new Set([ENOSYS]);
  if (name === undefined || name !== NATIVE && !profile.architectures?.includes(name)) return new Set([KILL]);
  return possibleActions(profile, name, nr, args);
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

testNeeding(
  [libseccomp],
  "libseccomp has the same numbers as runt's table, on every architecture that it knows",
  () => {
    using library = new Libseccomp();
    let compared = 0;
    for (const name of architectureNames()) {
      const architecture = findArchitecture(name)!, token = library.token(name);
      if (token === 0) continue;
      if (name !== "SCMP_ARCH_X32") assertEquals(architecture.audit, token, name);
      for (const call of NAMES.split(" ")) {
        const theirs = library.number(token, call), ours = numberOf(architecture, call);
        // Calls that have another way too are told by that.
        const known = theirs !== undefined && theirs >= 0 && !DIFFERENT.includes(call);
        if (known) assertEquals(ours, theirs, `${call} on ${name}`);
        if (known) compared++;
      }
    }
    assert(compared > 4000, `${compared}`);
  },
);

testNeeding(
  [libseccomp, podmanProfile],
  "podman's default profiles come to the same as with libseccomp",
  () => {
    using library = new Libseccomp();
    const tally: Tally = { verdicts: 0, faults: 0, contradictions: 0 };
    const profiles = engineProfiles("podman", Deno.readTextFileSync(PODMAN_DEFAULT));
    for (const [label, profile] of profiles) compare(library, label, profile, new Random(1), tally);
    print(`${profiles.length} profiles, ${tally.verdicts} verdicts`);
    assertEquals([tally.faults, tally.contradictions], [0, 0]);
  },
);

testNeeding(
  [libseccomp, dockerProfile],
  "Docker's default profiles come to the same as with libseccomp",
  () => {
    using library = new Libseccomp();
    const tally: Tally = { verdicts: 0, faults: 0, contradictions: 0 };
    const profiles = engineProfiles("Docker", docker()!);
    for (const [label, profile] of profiles) {
      compare(library, label, knownTo(library, profile), new Random(2), tally);
    }
    print(`${profiles.length} profiles, ${tally.verdicts} verdicts`);
    assertEquals([tally.faults, tally.contradictions], [0, 0]);
  },
);

testNeeding([libseccomp], "profiles that do what runc's tests do come to the same as with libseccomp", () => {
  using library = new Libseccomp();
  const tally: Tally = { verdicts: 0, faults: 0, contradictions: 0 };
  const profiles = testedProfiles();
  for (const [label, profile] of profiles) {
    compare(library, label, knownTo(library, profile), new Random(3), tally);
  }
  print(`${profiles.length} profiles, ${tally.verdicts} verdicts`);
  assertEquals([tally.faults, tally.contradictions], [0, 0]);
});

const EXTRA = Deno.env.get("RUNT_SECCOMP_DIRECTORY");
testNeeding(
  [libseccomp, () => EXTRA === undefined ? "needs RUNT_SECCOMP_DIRECTORY, with profiles in it" : undefined],
  "profiles of a directory come to the same as with libseccomp",
  () => {
    using library = new Libseccomp();
    const tally: Tally = { verdicts: 0, faults: 0, contradictions: 0 };
    for (const { name } of Deno.readDirSync(EXTRA!)) {
      const text = Deno.readTextFileSync(`${EXTRA}/${name}`), profile = JSON.parse(text);
      const profiles = "archMap" in profile ? engineProfiles(name, text) : [[name, profile] as const];
      for (const [label, profile] of profiles) {
        compare(library, label, knownTo(library, profile), new Random(4), tally);
      }
      print(`${name}: ${profiles.length} profiles, ${JSON.stringify(tally)}`);
    }
    assertEquals(tally.contradictions, 0);
  },
);

for (const mixed of [false, true]) {
  const what = mixed ? "rules that may contradict each other" : "one action for each call";
  testNeeding([libseccomp], `generated profiles come to the same as with libseccomp: ${what}`, () => {
    using library = new Libseccomp();
    const tally: Tally = { verdicts: 0, faults: 0, contradictions: 0 };
    const names = NAMES.split(" ").filter((name) => {
      return library.number(library.token(NATIVE), name) !== undefined && !DIFFERENT.includes(name);
    });
    for (let seed = 1; seed <= COUNT; seed++) {
      const random = new Random(seed), profile = generateProfile(random, { names, mixed });
      compare(library, `seed ${seed}`, profile, random, tally);
    }
    print(
      `${COUNT} profiles, ${tally.verdicts} verdicts; libseccomp ${library.version} is at fault in ` +
        `${tally.faults}, and takes another of the contradicting rules in ${tally.contradictions}`,
    );
    if (!mixed) assertEquals(tally.contradictions, 0);
    assert(tally.contradictions < tally.verdicts / 10_000);
    assert(tally.faults < tally.verdicts / 1000);
  });
}

function dockerProfile(): string | undefined {
  return docker() === undefined ? `needs Debian's ${DOCKER_PACKAGE}, by apt-get download` : undefined;
}

function podmanProfile(): string | undefined {
  try {
    Deno.statSync(PODMAN_DEFAULT);
    return undefined;
  } catch {
    return `needs ${PODMAN_DEFAULT}`;
  }
}
