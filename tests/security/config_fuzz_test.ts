/**
 * Mutations of real config.json go through parsing, validation and the making of a Config: whatever is in the file, the
 * answer is a Config or a RuntError in words, soon, and never a fault of runt's own.
 */
import { assert } from "@std/assert";
import { createConfig } from "../../libcontainer/config/create_config.ts";
import { RuntError } from "../../libcontainer/error.ts";
import { decode } from "../../libcontainer/spec/decode.ts";
import { exampleSpec, formatSpec } from "../../libcontainer/spec/example.ts";
import { problemsError } from "../../libcontainer/spec/problem.ts";
import { SPEC } from "../../libcontainer/spec/schema.ts";
import type { Spec } from "../../libcontainer/spec/mod.ts";
import { validateSpec } from "../../libcontainer/validate/mod.ts";
import { hostFacts } from "../support/checked_spec.ts";
import { ConfigMutator } from "../support/config_mutations.ts";
import { FULL_SPEC } from "../support/full_spec.ts";

const CASES = 100_000;
/** What one file may take; a slow machine's hiccups are in it. */
const MOST_MS = 2000;

function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`../golden/spec/${name}`, import.meta.url));
}

const rooted = (spec: unknown) => {
  const config = JSON.parse(formatSpec(spec as Spec));
  config.root.path = "/";
  config.process.terminal = false;
  return JSON.stringify(config);
};
const SOURCES = [
  rooted(exampleSpec({ rootless: false, unified: false })),
  rooted(exampleSpec({ rootless: true, unified: true, uid: 1000, gid: 1000 })),
  rooted(FULL_SPEC),
  rooted(JSON.parse(golden("podman_default.json"))),
  rooted(JSON.parse(golden("podman_seccomp.json"))),
];
const FACTS = [
  hostFacts(),
  hostFacts({ cgroupMode: "unified", lastCap: 20, apparmorEnabled: true, selinuxEnabled: true }),
  hostFacts({
    cgroupMode: "legacy",
    hasNamespace: () => false,
    isOwnNamespace: (_, path) => {
      throw new Error(`stat ${path}`);
    },
  }),
];

/** Parses, validates and makes a Config; whether it could. */
function tryText(text: string, seed: number): boolean {
  const facts = FACTS[seed % FACTS.length]!;
  const { value: spec, problems } = decode<Spec>(text, SPEC);
  const options = { rootless: seed % 4 === 0, systemdCgroup: seed % 5 === 0, noPivot: seed % 7 === 0 };
  // The rules are run on what could be read, even where some could not.
  const { errors, warnings } = validateSpec(spec, facts, options);
  for (const { message } of [...problems, ...errors, ...warnings]) checkWords(message);
  if (problems.length > 0) throw problemsError(problems);
  if (errors.length > 0) throw problemsError(errors);
  const config = createConfig(spec, facts.lastCap, {
    id: "c",
    bundle: "/tmp",
    noPivot: false,
    newKeyring: true,
  });
  // It goes to `runt init` as JSON, all but the resources.
  JSON.parse(JSON.stringify({ ...config, cgroup: undefined }));
  return true;
}

function checkWords(message: string): void {
  assert(
    message.length > 0 && !/\[object |\bNaN\b| {4}at .*\.ts:\d/.test(message),
    `not in words: ${message}`,
  );
}

Deno.test(`${CASES} mutations of config.json get a Config or words`, () => {
  const mutator = new ConfigMutator(SOURCES);
  let accepted = 0, refused = 0;
  for (let seed = 0; seed < CASES; seed++) {
    const text = mutator.mutate(seed), start = performance.now();
    try {
      tryText(text, seed);
      accepted++;
    } catch (error) {
      const told = error instanceof RuntError;
      assert(told, `seed ${seed}: ${(error as Error).stack}\n${text.slice(0, 3000)}`);
      checkWords(error.message);
      assert(error.code !== "internal", `seed ${seed}: ${error.message}`);
      refused++;
    }
    const took = performance.now() - start;
    assert(took < MOST_MS, `seed ${seed} took ${took} ms`);
  }
  assert(accepted > CASES / 20 && refused > CASES / 4, `${accepted} accepted, ${refused} refused`);
});
