/**
 * Tests that cannot run everywhere say why they were left out.
 *
 * @module
 */
import { run } from "./runtime.ts";

/** Why something cannot be tested here; undefined when it can. */
export type Lack = () => string | undefined;

/** A test that is left out, its reason printed, where something it needs is missing. */
export function testNeeding(lacks: readonly Lack[], name: string, body: () => void | Promise<void>): void {
  const reason = lacks.map((lack) => lack()).find((reason) => reason !== undefined);
  Deno.test({
    name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: body,
  });
}

/** Needs root. */
export const root: Lack = () => Deno.uid() === 0 ? undefined : "needs root";

/** Needs a program. */
export function program(name: string): Lack {
  return () => run("sh", ["-c", `command -v ${name}`]).code === 0 ? undefined : `needs ${name}`;
}

/** Needs cgroup v1 (alone or hybrid). */
export const cgroupV1: Lack = () => isUnified() ? "needs cgroup v1" : undefined;

/** Needs pure cgroup v2. */
export const cgroupV2: Lack = () =>
  isUnified() ? undefined : "needs pure cgroup v2 (see `deno task test:guest`)";

function isUnified(): boolean {
  try {
    return Deno.statSync("/sys/fs/cgroup/cgroup.controllers").isFile;
  } catch {
    return false;
  }
}
