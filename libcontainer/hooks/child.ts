import { CLOSE_RANGE_CLOEXEC } from "../../ffi/constants/fcntl.ts";
import { RLIMIT_NOFILE } from "../../ffi/constants/resource.ts";
import type { Kernel, Result } from "../../ffi/kernel.ts";
import type { SeccompConfig } from "../config/config.ts";
import { lastOfEach } from "../init/environment.ts";
import { queueFilter } from "../init/seccomp.ts";
import type { Hook } from "../spec/hooks.ts";
import type { HookStreams } from "./streams.ts";

const ALL = 0xffffffff;
const accept = "any";
/** What a hook leaves with that could not get its filter. */
const UNCONFINED = 126;

/** How a hook's process differs from the one that makes it. */
export interface ChildOptions {
  /** Its environment where the hook says none. */
  readonly env: readonly string[];
  readonly cwd?: string;
  readonly umask?: number;
  /** The limit of open files that Deno has raised. */
  readonly nofile?: { readonly soft: bigint; readonly hard: bigint } | undefined;
  /** The program's filter of system calls, where the process that makes the hook does not have it already. */
  readonly seccomp?: SeccompConfig | undefined;
}

/**
 * Becomes the hook: its streams and nothing else open. No failure but that of `execve(2)` is told: in a forked child
 * there is nobody to tell it to.
 */
export function becomeHook(
  kernel: Kernel,
  hook: Hook,
  streams: HookStreams,
  { env, cwd, umask, nofile, seccomp }: ChildOptions,
): Result {
  [streams.state, streams.stdout, streams.stderr].forEach((from, to) => {
    kernel.call("dup3", [from, to, 0], { accept });
  });
  kernel.closeRange(3, ALL, CLOSE_RANGE_CLOEXEC, { accept });
  if (nofile) kernel.prlimit(0, RLIMIT_NOFILE, nofile.soft, nofile.hard, { accept });
  if (umask !== undefined) kernel.umask(umask);
  if (cwd !== undefined) kernel.chdir(cwd, { accept });
  if (seccomp) {
    const set = queueFilter(kernel, seccomp, { accept });
    // Not without: the file may be the image's.
    kernel.when(set, "failed", () => kernel.exitGroup(UNCONFINED));
  }
  const args = hook.args?.length ? hook.args : [hook.path];
  return kernel.execve(hook.path, args, [...lastOfEach(hook.env ?? env).values()], { accept });
}

/** Milliseconds that `poll(2)` waits for a hook; -1 is for ever. */
export function patienceOf({ timeout }: Hook): number {
  return timeout === undefined ? -1 : Math.min(timeout * 1000, 0x7fffffff);
}
