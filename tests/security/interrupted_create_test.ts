/**
 * runt, or the process that it makes, is killed at every system call of `create`, one after the other; whatever was
 * made so far, `delete --force` must find. And every one of them fails in turn; then nothing may be left at all.
 *
 * strace(1) does both: it counts the calls of each name, and kills or fails the n-th one.
 */
import { assert, assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const NEEDS = [root, program("strace")];
/** Calls of V8's threads and of the start of Deno: what they fail with is none of ours. */
const NOT_OURS = new Set(
  ("futex madvise mprotect munmap brk rseq set_robust_list sched_getaffinity gettid exit exit_group execve " +
    "epoll_wait epoll_ctl epoll_create1 eventfd2 clone poll ppoll sched_yield getrandom prlimit64 rt_sigreturn mmap " +
    "clock_nanosleep restart_syscall wait4 arch_prctl set_tid_address access pread64 sigaltstack sysinfo uname membarrier " +
    "pkey_alloc pkey_free nanosleep tgkill getpid sched_setaffinity prctl_self dup2 fadvise64 readlink getcwd lseek")
    .split(" "),
);

/** The calls of one create, by name: how often the busiest process makes each, after runt's own first line. */
function countCalls(runtime: Runtime, bundle: string): Map<string, number> {
  const log = Deno.makeTempFileSync(), id = runtime.newId();
  run("strace", ["-f", "-qq", "-o", log, RUNT, "--root", runtime.root, "create", "-b", bundle, id], {
    stdout: "null",
    stderr: "null",
  });
  runtime.must(["delete", "--force", id]);
  const counts = new Map<string, number>();
  for (const line of Deno.readTextFileSync(log).split("\n")) {
    const match = /^(\d+)\s+(\w+)\(/.exec(line);
    if (!match || NOT_OURS.has(match[2]!)) continue;
    const key = `${match[2]} ${match[1]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  Deno.removeSync(log);
  const busiest = new Map<string, number>();
  for (const [key, count] of counts) {
    const name = key.split(" ")[0]!;
    busiest.set(name, Math.max(busiest.get(name) ?? 0, count));
  }
  return busiest;
}

/** Creates a container with one call tampered with. */
function tamper(
  runtime: Runtime,
  bundle: string,
  id: string,
  call: string,
  what: string,
  nth: number,
): number {
  return run("strace", [
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
  let cases = 0;
  for (const [call, count] of countCalls(runtime, bundle.directory)) {
    for (let nth = 1; nth <= count; nth += step(nth)) {
      const id = runtime.newId();
      tamper(runtime, bundle.directory, id, call, "signal=SIGKILL", nth);
      runtime.must(["delete", "--force", id]);
      waitUntil(`nothing is left of a create killed at ${call} ${nth}`, () => {
        return leftovers(id, runtime.root, bundle.directory).length === 0;
      });
      cases++;
    }
  }
  assert(cases > 50, `only ${cases} cases`);
});

testNeeding(NEEDS, "failing at any call, create either goes on or leaves nothing", () => {
  using bundle = makeBundle(({ linux }) => linux.resources.memory = { limit: 64 << 20 });
  using runtime = new Runtime();
  let failed = 0;
  for (const [call, count] of countCalls(runtime, bundle.directory)) {
    for (let nth = 1; nth <= count; nth += step(nth)) {
      const id = runtime.newId();
      const code = tamper(runtime, bundle.directory, id, call, "error=ENOMEM", nth);
      if (code === 0) runtime.must(["delete", "--force", id]);
      else failed++;
      assertEquals(leftovers(id, runtime.root, bundle.directory), [], `${call} ${nth} failed`);
    }
  }
  assert(failed > 30, `only ${failed} creates failed`);
});

/** Of calls made very often, the later ones are much alike. */
function step(nth: number): number {
  return nth < 40 ? 1 : 7;
}
