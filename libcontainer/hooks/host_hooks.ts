import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import type { Logger } from "../log.ts";
import type { Hooks } from "../spec/hooks.ts";
import type { ChildOptions } from "./child.ts";
import { runHooksHere } from "./here.ts";
import { hookState, type HookSubject } from "./hook_state.ts";

/** runt's own process. */
export interface Here {
  readonly native: Native;
  readonly local: LocalKernel;
}

/** runt's caller's environment and limits. */
function asCaller(cwd?: string): ChildOptions {
  const env = Object.entries(Deno.env.toObject()).map(([name, value]) => `${name}=${value}`);
  return { env, nofile: readStartFacts()?.nofile, ...(cwd === undefined ? {} : { cwd }) };
}

/**
 * Runs prestart and createRuntime hooks.
 *
 * @param pid the init
 * @throws {RuntError} for the first one that fails
 */
export function runRuntimeHooks(
  { native, local }: Here,
  hooks: Hooks | undefined,
  subject: HookSubject,
  pid: number,
): void {
  const state = hookState(subject, "creating", pid), options = asCaller(subject.bundle);
  runHooksHere(native, local, "prestart", hooks?.prestart, state, options);
  runHooksHere(native, local, "createRuntime", hooks?.createRuntime, state, options);
}

/**
 * Runs poststart hooks.
 *
 * @param pid the init; undefined when it has ended already
 * @param cwd where to run them; runt's own working directory unless told
 * @throws {RuntError} for the first one that fails
 */
export function runPoststart(
  { native, local }: Here,
  hooks: Hooks | undefined,
  subject: HookSubject,
  pid: number | undefined,
  cwd?: string,
): void {
  const state = hookState(subject, pid === undefined ? "stopped" : "running", pid);
  runHooksHere(native, local, "poststart", hooks?.poststart, state, asCaller(cwd));
}

/** Runs poststop hooks. Nothing is left to undo: one that fails is logged, and the others are run (runtime.md). */
export function runPoststop(
  { native, local }: Here,
  hooks: Hooks | undefined,
  subject: HookSubject,
  log: Logger,
  cwd?: string,
): void {
  try {
    runHooksHere(
      native,
      local,
      "poststop",
      hooks?.poststop,
      hookState(subject, "stopped"),
      asCaller(cwd),
      (error) => log.warn(error.message),
    );
  } catch (problem) {
    log.warn(`cannot run poststop hooks: ${(problem as Error).message}`);
  }
}
