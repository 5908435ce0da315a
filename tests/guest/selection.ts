/**
 * Which tests run in the guests.
 *
 * @module
 */
import { REPOSITORY } from "./job.ts";

/** Of the integration tests, those that show what cgroup v2 or systemd could change. */
const INTEGRATION: string[] = [];

/** All test files for the guests, as paths below the repository. */
export function selectFiles(): string[] {
  const suite = [...Deno.readDirSync(`${REPOSITORY}/tests/guest/suite`)]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith("_test.ts"))
    .sort()
    .map((name) => `tests/guest/suite/${name}`);
  return [...suite, ...INTEGRATION.map((name) => `tests/integration/${name}`)];
}
