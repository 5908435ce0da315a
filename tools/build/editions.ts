/**
 * runt in several editions, one for each hot command: the same program, cut so that the main slice holds what that
 * command needs and nothing else. What V8 has to read at the start grows with the main slice, used or not.
 *
 * @module
 */
import { type Program, type SlicedProgram, sliceProgram } from "./slices.ts";
import type { EditionPlace } from "../denort/loader.ts";

/** An edition of a program. */
export interface Edition {
  /** The command that it is for, or `NO_COMMAND`. */
  readonly command: string;
  /** What its main slice holds beside the program's first module, relative to the root. */
  readonly hot: readonly string[];
}

/** All editions as one script. */
export interface JoinedProgram {
  readonly script: string;
  /** Where the first edition's main slice starts. */
  readonly main: number;
  /** Where each slice ends. */
  readonly ends: readonly number[];
  readonly places: readonly EditionPlace[];
  /** For the build's report. */
  readonly sizes: readonly (readonly [name: string, bytes: number])[];
}

/**
 * Cuts a program into editions.
 *
 * @param editions the first is taken where no other fits
 * @throws {BuildError} with the bundler's messages
 */
export async function sliceEditions(
  program: Omit<Program, "hot">,
  editions: readonly Edition[],
): Promise<JoinedProgram> {
  const sliced = await Promise.all(editions.map(({ hot }) => sliceProgram({ ...program, hot })));
  return joinEditions(editions.map(({ command }, i) => [command, sliced[i]!]));
}

/** Puts editions one behind the other. */
export function joinEditions(
  editions: readonly (readonly [command: string, SlicedProgram])[],
): JoinedProgram {
  let script = "";
  const ends: number[] = [], places: EditionPlace[] = [], sizes: [string, number][] = [];
  for (const [command, sliced] of editions) {
    const base = script.length;
    script += sliced.script;
    ends.push(...sliced.ends.map((end) => base + end));
    places.push({ command, base, main: base + sliced.main });
    const main = sliced.sizes.find(([name]) => name === "main")?.[1] ?? 0;
    sizes.push([command, main]);
  }
  return { script, main: places[0]!.main, ends, places, sizes };
}
