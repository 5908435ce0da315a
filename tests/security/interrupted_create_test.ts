/**
 * runt, or the process that it makes, is killed at system calls all over `create`, one after the other; whatever was
 * made so far, `delete --force` must find. And every one of them fails in turn; then nothing may be left at all.
 *
 * strace(1) does both: it counts the calls of each name, and kills or fails the n-th one.
 */
import { assert } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const REMOVALS = new Set(["unlink", "unlinkat", "rmdir"]);
/** How many places are tried: all of them (some 500) with RUNT_THOROUGH=1, which takes minutes. */
const MOST = Deno.env.get("RUNT_THOROUGH") ? Infinity : 90;

const NEEDS = [root, program("strace")];
/** Calls of V8's threads and of the start of Deno: what they fail with is none of ours. */
const NOT_OURS = new Set(
  ("futex madvise mprotect munmap brk rseq set_robust_list sched_getaffinity gettid exit exit_group execve " +
    "epoll_wait epoll_ctl epoll_create1 eventfd2 clone poll ppoll sched_yield getrandom prlimit64 rt_sigreturn mmap " +
    "clock_nanosleep restart_syscall wait4 arch_prctl set_tid_address access pread64 sigaltstack sysinfo uname membarrier " +
    "pkey_alloc pkey_free nanosleep tgkill getpid sched_setaffinity prctl_self dup2 fadvise64 readlink getcwd lseek")
    .split(" "),
);

/** A call by its name, and which of that name a process makes it is. */
type Place = readonly [call: string, nth: number];

/**
 * The calls of one create, of runt after it has opened config.json and of the process that it makes; of these as many
 * as {@linkcode MOST}, evenly.
 */
function findPlaces(runtime: Runtime, bundle: string): Place[] {
  const log = Deno.makeTempFileSync(), id = runtime.newId();
  run("strace", ["-D", "-f", "-o", log, RUNT, "--root", runtime.root, "create", "-b", bundle, id], {
    stdout: "null",
    stderr: "null",
  });
  runtime.must(["delete", "--force", id]);
  // With -D strace is nobody's child; it ends with what it traces.
  waitUntil(
    "strace has written its log",
    () => Deno.readTextFileSync(log).includes("+++ killed by SIGKILL +++"),
  );
  const counts = new Map<string, number>(), places = new Map<string, Place>();
  let ours = false;
  for (const line of Deno.readTextFileSync(log).split("\n")) {
    const match = /^(\d+)\s+(\w+)\(/.exec(line);
    if (!match) continue;
    ours ||= line.includes("config.json");
    const [, pid, call] = match, key = `${pid} ${call}`, nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    if (ours && !NOT_OURS.has(call!)) places.set(`${call} ${nth}`, [call!, nth]);
  }
  Deno.removeSync(log);
  const all = [...places.values()], stride = Math.max(1, all.length / MOST);
  return Array.from({ length: Math.floor(all.length / stride) }, (_, i) => all[Math.floor(i * stride)]!);
}

/** Creates a container with one call tampered with. `-D`: else strace would wait for the container's end. */
function tamper(
  runtime: Runtime,
  bundle: string,
  id: string,
  call: string,
  what: string,
  nth: number,
): number {
  return run("strace", [
    "-D",
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    `trace=${call}`,
    "-e",
    `inject=${call}:${what}:when=${nth}`,
    RUNT,
    "--root",
    runtime.root,
    "create",
    "-b",
    bundle,
    id,
  ], { stdout: "null", stderr: "null" }).code;
}

testNeeding(NEEDS, "killed at any call, create leaves only what delete --force removes", () => {
  using bundle = makeBundle(({ linux }) => linux.resources.memory = { limit: 64 << 20 });
  using runtime = new Runtime();
  const places = findPlaces(runtime, bundle.directory);
  assert(places.length >= 50, `only ${places.length} places`);
  let killed = 0;
  for (const [call, nth] of places) {
    const id = runtime.newId();
    if (tamper(runtime, bundle.directory, id, call, "signal=SIGKILL", nth) !== 0) killed++;
    runtime.must(["delete", "--force", id]);
    waitUntil(`nothing is left of a create killed at ${call} ${nth}`, () => {
      return leftovers(id, runtime.root, bundle.directory).length === 0;
    });
  }
  assert(killed > places.length / 2, `only ${killed} of ${places.length} were killed`);
});

testNeeding(NEEDS, "failing at any call, create either goes on or leaves nothing", () => {
  using bundle = makeBundle(({ linux }) => linux.resources.memory = { limit: 64 << 20 });
  using runtime = new Runtime();
  let failed = 0;
  for (const [call, nth] of findPlaces(runtime, bundle.directory)) {
    const id = runtime.newId();
    const code = tamper(runtime, bundle.directory, id, call, "error=ENOMEM", nth);
    // Where removing is what fails, it fails for the clean-up, too: that is told, and left to a later delete.
    if (code === 0 || REMOVALS.has(call)) runtime.must(["delete", "--force", id]);
    if (code !== 0) failed++;
    waitUntil(`nothing is left of a create that failed at ${call} ${nth}`, () => {
      return leftovers(id, runtime.root, bundle.directory).length === 0;
    });
  }
  assert(failed > 20, `only ${failed} creates failed`);
});
