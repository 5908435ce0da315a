import { makeContainer, type MakeOptions } from "./make_container.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * Makes a container whose program waits for `startContainer()`.
 *
 * @throws {RuntError} see {@linkcode makeContainer}
 */
export function createContainer(runtime: RuntimeOptions, id: string, options: MakeOptions): void {
  makeContainer(runtime, id, options, true);
}
