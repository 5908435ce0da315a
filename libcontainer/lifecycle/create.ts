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
  makeContainer(runtime, await planContainer(runtime, id, options), true);
}
