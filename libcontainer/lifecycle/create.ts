import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { makeContainer } from "./make_container.ts";
import type { RuntimeOptions } from "./options.ts";
import { type MakeOptions, planContainer } from "./plan_container.ts";

/**
 * Makes a container whose program waits for `startContainer()`.
 *
 * @throws {RuntError} see {@linkcode makeContainer}
 */
export async function createContainer(
  runtime: RuntimeOptions,
  id: string,
  options: MakeOptions,
): Promise<void> {
  const plan = await planContainer(runtime, id, options, true), native = openNative();
  using terminal = plan.parts.terminal?.openTerminalEnd(
    native,
    new LocalKernel(native),
    options.consoleSocket,
    options.bundle,
  );
  makeContainer(runtime, plan, true, { terminal });
}
