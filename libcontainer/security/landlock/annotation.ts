/**
 * The annotation that asks for Landlock: what its JSON may say, decoded and checked. The shape is that of the proposal
 * for the runtime specification, which has no field for it yet, with ports, scopes and flags in the same manner.
 *
 * @see https://github.com/opencontainers/runtime-spec/pull/1241
 * @module
 */
import { LANDLOCK } from "../../spec/annotations.ts";
import { decode } from "../../spec/decode.ts";
import { memberPath, type Problem, problemsError } from "../../spec/problem.ts";
import type { Schema, StructSchema } from "../../spec/schema.ts";
import { FS_RIGHTS, LOG_FLAGS, NET_RIGHTS, type Right, SCOPES } from "./rights.ts";

/** Where the annotation is, in messages. */
export const PLACE = memberPath("annotations", LANDLOCK);

const HIGHEST_PORT = 65535;

/** Rights on what lies beneath some paths. */
export interface PathBeneath {
  readonly allowedAccess: readonly string[];
  readonly paths: readonly string[];
}

/** Rights on some ports. */
export interface NetPort {
  readonly allowedAccess: readonly string[];
  readonly ports: readonly number[];
}

/** What the annotation says, with everything there. */
export interface LandlockRequest {
  readonly ruleset: {
    readonly handledAccessFS: readonly string[];
    readonly handledAccessNet: readonly string[];
    readonly scoped: readonly string[];
  };
  readonly rules: { readonly pathBeneath: readonly PathBeneath[]; readonly netPort: readonly NetPort[] };
  readonly flags: readonly string[];
  readonly disableBestEffort: boolean;
}

const strings: Schema = ["string"];

const SCHEMA: StructSchema = {
  fields: {
    ruleset: {
      fields: { handledAccessFS: strings, handledAccessNet: strings, scoped: strings },
      zero: { handledAccessFS: [], handledAccessNet: [], scoped: [] },
    },
    rules: {
      fields: {
        pathBeneath: [{
          fields: { allowedAccess: strings, paths: strings },
          zero: { allowedAccess: [], paths: [] },
        }],
        netPort: [{
          fields: { allowedAccess: strings, ports: ["n64"] },
          zero: { allowedAccess: [], ports: [] },
        }],
      },
      zero: { pathBeneath: [], netPort: [] },
    },
    flags: strings,
    disableBestEffort: "bool",
  },
  zero: {
    ruleset: { handledAccessFS: [], handledAccessNet: [], scoped: [] },
    rules: { pathBeneath: [], netPort: [] },
    flags: [],
    disableBestEffort: false,
  },
};

/**
 * Reads the annotation. Unlike in config.json, a field that is not known is an error: what it asks for would not be
 * denied.
 *
 * @throws {RuntError} for everything that is wrong with it, at once
 */
export function readLandlock(text: string): LandlockRequest {
  const problems: Problem[] = [];
  const report = (path: string, message: string) => void problems.push({ path: within(path), message });
  const decoded = decode<LandlockRequest>(text, SCHEMA, PLACE);
  for (const { path, message } of decoded.problems) report(path, message);
  findUnknown(JSON.parse(text.replace(/^\ufeff/, "")), SCHEMA, "", report);
  if (!problems.length) checkRequest(decoded.value, report);
  if (problems.length) throw problemsError(problems);
  return decoded.value;
}

/** The path in config.json of one in the annotation. */
export function within(path: string): string {
  return path === "" ? PLACE : `${PLACE}${path.startsWith("[") ? "" : "."}${path}`;
}

type Reporter = (path: string, message: string) => void;

function findUnknown(value: unknown, schema: Schema, path: string, report: Reporter): void {
  if (typeof value !== "object" || value === null || typeof schema === "string") return;
  if (Array.isArray(schema)) {
    if (!Array.isArray(value)) return;
    for (let i = 0; i < value.length; i++) findUnknown(value[i], schema[0], memberPath(path, i), report);
    return;
  }
  const { fields } = schema as StructSchema;
  for (const [key, member] of Object.entries(value)) {
    const known = Object.hasOwn(fields, key);
    if (known) findUnknown(member, fields[key]!, memberPath(path, key), report);
    else report(memberPath(path, key), "is no field of a Landlock ruleset");
  }
}

function checkRequest({ ruleset, rules, flags }: LandlockRequest, report: Reporter): void {
  const { handledAccessFS, handledAccessNet, scoped } = ruleset;
  checkNames(handledAccessFS, FS_RIGHTS, "ruleset.handledAccessFS", report);
  checkNames(handledAccessNet, NET_RIGHTS, "ruleset.handledAccessNet", report);
  checkNames(scoped, SCOPES, "ruleset.scoped", report);
  checkNames(flags, LOG_FLAGS, "flags", report);
  if (!handledAccessFS.length && !handledAccessNet.length && !scoped.length) {
    report("ruleset", "must name at least one access right or scope, or nothing would be denied");
  }
  rules.pathBeneath.forEach(({ allowedAccess, paths }, i) => {
    const path = `rules.pathBeneath[${i}]`;
    checkAllowed(allowedAccess, FS_RIGHTS, handledAccessFS, path, "ruleset.handledAccessFS", report);
    if (!paths.length) report(`${path}.paths`, "must not be empty");
    paths.forEach((one, j) => {
      if (!one.startsWith("/")) report(`${path}.paths[${j}]`, `must be absolute, not ${JSON.stringify(one)}`);
    });
  });
  rules.netPort.forEach(({ allowedAccess, ports }, i) => {
    const path = `rules.netPort[${i}]`;
    checkAllowed(allowedAccess, NET_RIGHTS, handledAccessNet, path, "ruleset.handledAccessNet", report);
    if (!ports.length) report(`${path}.ports`, "must not be empty");
    ports.forEach((port, j) => {
      if (port < 0 || port > HIGHEST_PORT) {
        report(`${path}.ports[${j}]`, `must be between 0 and ${HIGHEST_PORT}, not ${port}`);
      }
    });
  });
}

/** What a rule allows must be handled: all else is allowed anyhow, and the kernel takes no such rule. */
function checkAllowed(
  names: readonly string[],
  rights: ReadonlyMap<string, Right>,
  handled: readonly string[],
  rule: string,
  list: string,
  report: Reporter,
): void {
  const path = `${rule}.allowedAccess`;
  if (!names.length) report(path, "must not be empty");
  checkNames(names, rights, path, report);
  names.forEach((name, i) => {
    if (rights.has(name) && !handled.includes(name)) {
      report(`${path}[${i}]`, `${name} is not in ${list}, so it is not denied in the first place`);
    }
  });
}

function checkNames(
  names: readonly string[],
  rights: ReadonlyMap<string, Right>,
  path: string,
  report: Reporter,
): void {
  names.forEach((name, i) => {
    if (rights.has(name)) return;
    const known = [...rights.keys()].join(", ");
    report(`${path}[${i}]`, `${JSON.stringify(name)} is not known to runt; known are ${known}`);
  });
}
