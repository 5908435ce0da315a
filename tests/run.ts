/**
 * Runs the tests and says how it went: failures, what was left out and why, and the counts on the last line.
 *
 * ```
 * deno run -A tests/run.ts             all suites
 * deno run -A tests/run.ts security    some of: checks unit integration integration-self security clients guest
 * ```
 *
 * @module
 */
import { ensureBuilt, EXECUTABLE, REPOSITORY } from "../tools/ensure_built.ts";
import { findGuestFile, runAgain, sumUp } from "./driver/again.ts";
import { addOutcomes, formatCounts, type Outcome, readGuestReport, readOutcome } from "./driver/outcome.ts";
import { runProcess } from "./driver/process.ts";
import { listFiles, type Suite, SUITES } from "./driver/suite.ts";

const DENO = Deno.execPath();
const CHECKS = ["fmt", "lint", "check"];
const NAMES = ["checks", "unit", ...SUITES.slice(1).map(({ name }) => name), "guest"];
const NOTHING: Outcome = { passed: 0, failures: [], skips: [], flaky: [] };

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Format, lint and types: one test each. */
async function runChecks(): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const task of CHECKS) {
    const args = task === "fmt" ? ["fmt", "--check", "--quiet"] : ["task", "--quiet", task];
    const end = await runProcess(DENO, args, { cwd: REPOSITORY, env: {}, seconds: 300 });
    const said = `${end.stdout}${end.stderr}`.trim().split("\n").map((line) => `\n    ${line}`).join("");
    outcomes.push(
      end.code === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failures: [`deno task ${task}${said}`] },
    );
  }
  return addOutcomes(outcomes);
}

async function runSuite(suite: Suite): Promise<Outcome> {
  const files = listFiles(suite, REPOSITORY), outcomes: Outcome[] = [];
  const skipLog = Deno.makeTempFileSync({ prefix: "runt-skips-" });
  const parts = suite.together ? [files] : files.map((file) => [file]);
  for (const part of parts.filter(({ length }) => length > 0)) {
    const what = suite.together
      ? suite.name
      : `${suite.name} ${part[0]!.replace(/^tests\/|_test\.ts$/g, "")}`;
    const run = async (log: string) => {
      const end = await runProcess(DENO, ["test", "-A", "--no-check", "--reporter=tap", ...part], {
        cwd: REPOSITORY,
        env: { RUNT: Deno.env.get("RUNT") ?? EXECUTABLE, RUNT_SKIP_LOG: log, ...suite.env },
        seconds: suite.seconds,
      });
      const outcome = readOutcome(what, end);
      if (!suite.together) print(`  ${what}: ${formatCounts(outcome)} (${end.seconds.toFixed(1)} s)\n`);
      return outcome;
    };
    const first = await run(skipLog);
    outcomes.push(suite.mayBeFlaky ? await runAgain(first, () => run("/dev/null")) : first);
  }
  print(Deno.readTextFileSync(skipLog));
  Deno.removeSync(skipLog);
  return addOutcomes(outcomes);
}

/** Runs all in the guests; what failed there again, alone. */
async function runGuests(): Promise<Outcome> {
  const first = await runGuest([]);
  const places = first.failures.map(findGuestFile);
  return await runAgain(first, async () => {
    const again: Outcome[] = [];
    for (const place of places) {
      again.push(place ? await runGuest(["--pid1", place.guest, place.file]) : NOTHING);
    }
    return again.find(({ passed }) => passed === 0) ?? addOutcomes(again);
  });
}

async function runGuest(args: readonly string[]): Promise<Outcome> {
  const end = await runProcess(DENO, ["task", "--quiet", "test:guest", ...args], {
    cwd: REPOSITORY,
    env: {},
    seconds: 3000,
    echo: true,
  });
  const outcome = readGuestReport(end.stdout);
  if (outcome && (end.code === 0 || outcome.failures.length > 0)) return outcome;
  const last = `${end.stdout}\n${end.stderr}`.trim().split("\n").slice(-20).join("\n    ");
  return { ...outcome ?? NOTHING, failures: [`guest: ended with ${end.code}\n    ${last}`] };
}

/** Builds what the suites run. A build that fails is a failed test of its own. */
function build(): Outcome {
  if (Deno.env.get("RUNT") !== undefined) return NOTHING;
  try {
    ensureBuilt();
    return { ...NOTHING, passed: 1 };
  } catch (error) {
    return { ...NOTHING, failures: [(error as Error).message] };
  }
}

/** Runs a suite by name, with its name and counts around it. */
async function report(name: string, run: () => Outcome | Promise<Outcome>): Promise<Outcome> {
  print(`== ${name}\n`);
  const start = performance.now(), outcome = await run();
  for (const failure of outcome.failures) print(`FAILED ${failure}\n`);
  for (const failure of outcome.flaky) print(`FLAKY ${failure}\n`);
  for (const skip of outcome.skips) print(`SKIPPED ${skip}\n`);
  print(`== ${name}: ${formatCounts(outcome)} (${((performance.now() - start) / 1000).toFixed(0)} s)\n`);
  return outcome;
}

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    print(`no such suite: ${unknown}; there are ${NAMES.join(", ")}\n`);
    return 2;
  }
  const isAsked = (name: string) => asked.length === 0 || asked.includes(name);
  const outcomes: Outcome[] = [];
  if (isAsked("checks")) outcomes.push(await report("checks", runChecks));
  const suites = SUITES.filter(({ name }) => isAsked(name));
  for (const suite of suites.filter(({ executable }) => !executable)) {
    outcomes.push(await report(suite.name, () => runSuite(suite)));
  }
  if (isAsked("guest") || suites.some(({ executable }) => executable)) {
    const built = await report("build", build);
    outcomes.push(built);
    if (built.failures.length > 0) return conclude(outcomes);
  }
  for (const suite of suites.filter(({ executable }) => executable)) {
    outcomes.push(await report(suite.name, () => runSuite(suite)));
  }
  if (isAsked("guest")) outcomes.push(await report("guest", runGuests));
  return conclude(outcomes);
}

/** Names all failures once more, for the first of them may be far above, and ends with the counts. */
function conclude(outcomes: readonly Outcome[]): number {
  const all = sumUp(outcomes);
  for (const [what, tests] of Object.entries({ failed: all.failures, flaky: all.flaky })) {
    const names = tests.map((test) => `  ${test.split("\n")[0]}\n`);
    if (names.length > 0) print(`\n== ${what}\n${names.join("")}`);
  }
  print(`\n${formatCounts(all)}\n`);
  return all.failures.length > 0 || all.passed === 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
