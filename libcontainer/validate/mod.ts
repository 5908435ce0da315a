/**
 * Checks of config.json: pure, all problems at once.
 *
 * @module
 */

export type { HostFacts } from "./facts.ts";
export type { Issue, ValidateOptions } from "./issue.ts";
export { assertValidProcess } from "./process_checks.ts";
export { assertValid, type Findings, loadValidSpec, validateSpec } from "./validate.ts";
