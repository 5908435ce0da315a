import { CLOSE_RANGE_CLOEXEC } from "../../ffi/constants/fcntl.ts";
import { RLIMIT_NOFILE } from "../../ffi/constants/resource.ts";
import type { Kernel, Result } from "../../ffi/kernel.ts";
import type { Hook } from "../spec/hooks.ts";
import type { HookStreams } from "./streams.ts";

const ALL = 0xffffffff;
const accept = "any";

/** How a hook's process differs from the one that makes it. */
export interface ChildOptions {
  /** Its environment where the hook says none. */
  readonly env: readonly string[];
  readonly cwd?: string;
  readonly umask?: number;
  /** The limit of open files that Deno has raised. */
  readonly nofile?: { readonly soft: bigint; readonly hard: bigint } | undefined;
}

/**
 * Becomes the hook: its streams and nothing else open. No failure but that of `execve(2)` is told: in a forked child
 * there is nobody to tell it to.
 */
export function becomeHook(
  kernel: Kernel,
  hook: Hook,
  streams: HookStreams,
  { env, cwd, umask, nofile }: ChildOptions,
): Result {
  [streams.state, streams.stdout, streams.stderr].forEach((from, to) => {
    kernel.call("dup3", [from, to, 0], { accept });
  });
  kernel.closeRange(3, ALL, CLOSE_RANGE_CLOEXEC, { accept });
  if (nofile) {
    const limit = new Uint8Array(BigUint64Array.of(nofile.soft, nofile.hard).buffer);
    kernel.call("prlimit64", [0, RLIMIT_NOFILE, limit, 0], { accept });
  }
  if (umask !== undefined) kernel.umask(umask);
  if (cwd !== undefined) kernel.chdir(cwd, { accept });
  return kernel.execve(hook.path, hook.args?.length ? hook.args : [hook.path], lastOfEach(hook.env ?? env), {
    accept,
  });
}

/** Of variables given twice the last one, as Go has it. */
function lastOfEach(env: readonly string[]): string[] {
  const last = new Map<string, string>();
  for (const entry of env) {
    const key = entry.slice(0, entry.indexOf("="));
    last.delete(key);
    last.set(key, entry);
  }
  return [...last.values()];
}

/** Milliseconds that `poll(2)` waits for a hook; -1 is for ever. */
export function patienceOf({ timeout }: Hook): number {
  return timeout === undefined ? -1 : Math.min(timeout * 1000, 0x7fffffff);
}
