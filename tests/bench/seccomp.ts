/**
 * Measures filters of system calls: podman's default profile, compiled by runt and, under runc, by libseccomp.
 *
 * ```
 * deno run -A tests/bench/seccomp.ts [--rounds N]
 * ```
 *
 * - Steps: instructions of the filter that a call costs, which is the same on any machine.
 * - Cycles: what a call costs more in a container with the profile than in one without, by `rdtsc` around a loop.
 *   Kernels since 5.11 remember which calls a filter always permits, and ask it no more: those cost nothing extra.
 * - Compile time, in a process of its own each time, without the code cache that the executable has: with it, it is
 *   1.5 ms where this says 5.
 *
 * It ends with 1 when a goal is missed.
 *
 * @module
 */
import { compileSeccomp } from "../../libcontainer/security/seccomp/compile.ts";
import type { LinuxSeccomp } from "../../libcontainer/spec/seccomp.ts";
import { writeProgram } from "../../tools/build/training_bundle.ts";
import { interpret, seccompData } from "../support/bpf.ts";
import { Libseccomp } from "../support/libseccomp.ts";
import { run, Runtime } from "../support/runtime.ts";
import { PODMAN_DEFAULT, resolveProfile, USUAL_CAPABILITIES } from "../support/seccomp_profiles.ts";
import { makeBenchBundle } from "./bundle.ts";

/** Goal: runt's filter beside libseccomp's. */
const FACTOR = 0.8;
/** What runc puts before libseccomp's filter, on the way of a call of x86-64 that is not newer than the profile. */
const STUB_STEPS = 6;
const LOOPS = 1_000_000;

/** A call that is always permitted, one that is denied, and two whose arguments decide. */
const CALLS: readonly (readonly [name: string, nr: number, argument: number])[] = [
  ["getpid", 39, 0],
  ["kexec_load", 246, 0],
  ["personality", 135, 0xffffffff],
  ["socket", 41, 0],
];

/** A program that makes a call again and again, and writes down how many cycles that took. */
function loopCode(nr: number, argument: number): number[] {
  const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  const stamp = [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0]; // rdtsc; shl rdx, 32; or rax, rdx
  const loop = [
    ...[0xb8, ...word(nr), 0xbf, ...word(argument)], // mov eax, nr; mov edi, argument
    ...[0xbe, ...word(0xffff), 0x31, 0xd2, 0x45, 0x31, 0xd2], // mov esi, 0xffff; xor edx, edx; xor r10d, r10d
    ...[0x0f, 0x05, 0xff, 0xcb], // syscall; dec ebx
  ];
  return [
    ...[0xbb, ...word(LOOPS)], // mov ebx, LOOPS
    ...stamp,
    ...[0x49, 0x89, 0xc4], // mov r12, rax
    ...loop,
    ...[0x75, 256 - loop.length - 2], // jnz loop
    ...stamp,
    ...[0x4c, 0x29, 0xe0, 0x50], // sub rax, r12; push rax
    ...[0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0x48, 0x89, 0xe6, 0xba, 8, 0, 0, 0, 0x0f, 0x05], // write(1, rsp, 8)
    ...[0xb8, 0xe7, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05], // exit_group(0)
  ];
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Cycles for one call, the least of some rounds, by contestant: they take turns. */
function measureCycles(profile: LinuxSeccomp, nr: number, argument: number, rounds: number): number[] {
  using runt = new Runtime(), runc = new Runtime("runc");
  using plain = makeBenchBundle(["/loop"]);
  using filtered = makeBenchBundle(["/loop"]);
  // runc 1.1 knows no flags: without them both filters are set alike.
  filtered.update((config) => {
    config.ociVersion = "1.0.2";
    config.process.args = ["/loop"];
    config.linux.seccomp = profile;
  });
  const program = writeProgram(loopCode(nr, argument));
  for (const { rootfs } of [plain, filtered]) {
    Deno.writeFileSync(`${rootfs}/loop`, program);
    Deno.chmodSync(`${rootfs}/loop`, 0o755);
  }
  const contestants = [[runt, plain], [runt, filtered], [runc, filtered]] as const;
  const least = contestants.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    contestants.forEach(([runtime, { directory }], i) => {
      const { code, stdout } = new Deno.Command(runtime.program, {
        args: ["--root", runtime.root, "run", "-b", directory, runtime.newId()],
        stdin: "null",
        stderr: "inherit",
      }).outputSync();
      if (code !== 0) throw new Error(`${runtime.program}: the loop has failed`);
      least[i] = Math.min(least[i]!, Number(new DataView(stdout.buffer).getBigUint64(0, true)) / LOOPS);
    });
  }
  return least;
}

/** Milliseconds that a fresh process needs to load the compiler and compile; the median. */
function measureCompilation(profile: LinuxSeccomp, rounds: number): number {
  const url = new URL("../../libcontainer/security/seccomp/compile.ts", import.meta.url).href;
  const script = `const p = ${JSON.stringify(profile)};
    const { compileSeccomp } = await import(${JSON.stringify(url)});
    const start = performance.now(); compileSeccomp(p); Deno.stdout.writeSync(new TextEncoder().encode(
    String(performance.now() - start)));`;
  const times = Array.from({ length: rounds }, () => Number(run(Deno.execPath(), ["eval", script]).stdout));
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

function main(args: readonly string[]): number {
  const rounds = Number(args[args.indexOf("--rounds") + 1] ?? 15) || 15;
  const given = resolveProfile(Deno.readTextFileSync(PODMAN_DEFAULT), USUAL_CAPABILITIES);
  const profile: LinuxSeccomp = { ...given };
  using library = new Libseccomp();
  const ours = compileSeccomp({ ...profile, flags: [] }).program, theirs = library.compile(profile);
  let met = true;
  const goal = (holds: boolean) => (met &&= holds, holds ? "met" : "MISSED");
  print(`instructions: runt ${ours.length / 2}, libseccomp ${theirs.length / 2}`);
  print(
    "call          steps: runt, runc       cycles: none, runt, runc    what runt's filter adds / what runc's does",
  );
  for (const [name, nr, argument] of CALLS) {
    const data = seccompData(nr, 0xc000003e, [BigInt(argument), 0xffffn]);
    const steps = [interpret(ours, data).steps, STUB_STEPS + interpret(theirs, data).steps] as const;
    const [none, runt, runc] = measureCycles(profile, nr, argument, rounds) as [number, number, number];
    const ratio = (runt - none) / (runc - none);
    const verdict = name === "getpid" ? "" : goal(steps[0] <= FACTOR * steps[1]);
    print(
      `${name.padEnd(14)}${steps.map((count) => String(count).padStart(9)).join("")}` +
        `${[none, runt, runc].map((cycles) => cycles.toFixed(0).padStart(12)).join("")}` +
        `${ratio.toFixed(2).padStart(10)}  ${verdict}`,
    );
  }
  print(`compile time, cold: ${measureCompilation(profile, rounds).toFixed(1)} ms`);
  return met ? 0 : 1;
}

if (import.meta.main) Deno.exit(main(Deno.args));
