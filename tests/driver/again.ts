/**
 * Tells a test that fails now and then from one that fails.
 *
 * One failure among thousands of tests with real processes, clients and guests, on machines of any speed, must not
 * stop a change that has nothing to do with it; nor may it pass unseen.
 *
 * @module
 */
import { addOutcomes, type Outcome } from "./outcome.ts";

/** So often what failed must pass, one time after the other. */
const TIMES = 3;
/** More than these in one run are no accident any more. */
const MOST = 3;

/**
 * Runs what failed again, and makes its failures {@linkcode Outcome.flaky} when all of it passes each time.
 *
 * @returns `first` itself if nothing failed, or if anything fails again
 */
export async function runAgain(first: Outcome, run: () => Promise<Outcome>): Promise<Outcome> {
  if (first.failures.length === 0 || first.failures.length > MOST) return first;
  for (let i = 0; i < TIMES; i++) {
    const { passed, failures } = await run();
    if (failures.length > 0 || passed === 0) return first;
  }
  return { ...first, passed: first.passed + first.failures.length, failures: [], flaky: first.failures };
}

/** Adds outcomes up; too many flaky tests are failures. */
export function sumUp(outcomes: readonly Outcome[]): Outcome {
  const all = addOutcomes(outcomes);
  if (all.flaky.length <= MOST) return all;
  return {
    ...all,
    passed: all.passed - all.flaky.length,
    failures: [...all.failures, ...all.flaky],
    flaky: [],
  };
}

/** The guest and the file of a failure in the guests' report, undefined when it names none. */
export function findGuestFile(failure: string): { guest: string; file: string } | undefined {
  const [, guest, file] = /^guest (none|systemd): ([\w/]+): /.exec(failure) ?? [];
  return guest === undefined ? undefined : { guest, file: `tests/${file}_test.ts` };
}
