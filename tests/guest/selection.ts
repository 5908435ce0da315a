/**
 * Which tests run in the guests.
 *
 * @module
 */
import { REPOSITORY } from "./job.ts";

/** Of the integration tests, those that show what cgroup v2 or systemd could change. */
const INTEGRATION = [
  "lifecycle_test.ts",
  "same_as_runc_test.ts",
  "memory_limit_test.ts",
  "answers_test.ts",
  "run_answer_test.ts",
  "exec_answer_test.ts",
  "kill_test.ts",
  "delete_test.ts",
  "exec_cgroup_test.ts",
  "bad_input_test.ts",
  "churn_test.ts",
  "landlock_refused_test.ts",
];

/**
 * All test files for the guests, as paths below the repository.
 *
 * @param integration whether integration tests are wanted too: they promise more than other runtimes do
 */
export function selectFiles(integration: boolean): string[] {
  const suite = [...Deno.readDirSync(`${REPOSITORY}/tests/guest/suite`)]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith("_test.ts"))
    .sort()
    .map((name) => `tests/guest/suite/${name}`);
  return [...suite, ...integration ? INTEGRATION.map((name) => `tests/integration/${name}`) : []];
}
