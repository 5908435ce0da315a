/**
 * The process that `exec` executes: that of the bundle's config.json with the flags' changes, or a file's.
 *
 * @module
 */
import { RuntError } from "../error.ts";
import { capabilityNumber } from "../spec/capability_names.ts";
import { decode } from "../spec/decode.ts";
import { problemsError } from "../spec/problem.ts";
import type { LinuxCapabilities, Process } from "../spec/process.ts";
import { PROCESS } from "../spec/schema.ts";

/** What the flags say of the process. What is absent or empty changes nothing. */
export interface ProcessFlags {
  /** The program and its arguments. */
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** Added to the container's; the last one of a name holds. */
  readonly env: readonly string[];
  readonly terminal: boolean;
  /** `uid[:gid]` */
  readonly user?: string | undefined;
  readonly additionalGids: readonly number[];
  readonly selinuxLabel?: string | undefined;
  readonly apparmorProfile?: string | undefined;
  readonly noNewPrivileges?: boolean | undefined;
  /** Capabilities to add. */
  readonly caps: readonly string[];
}

/**
 * The container's process with what the flags change.
 *
 * @throws {RuntError} `usage` with runc's texts
 */
export function changeProcess(process: Process, flags: ProcessFlags): Process {
  if (!flags.args.length) throw new RuntError("usage", "exec args cannot be empty");
  const { cwd, apparmorProfile, selinuxLabel, caps, noNewPrivileges } = flags;
  return {
    ...process,
    args: flags.args,
    ...(cwd ? { cwd } : {}),
    ...(apparmorProfile ? { apparmorProfile } : {}),
    ...(selinuxLabel ? { selinuxLabel } : {}),
    ...(caps.length ? { capabilities: addCapabilities(process.capabilities ?? {}, caps) } : {}),
    env: [...process.env ?? [], ...flags.env],
    terminal: flags.terminal,
    ...(noNewPrivileges === undefined ? {} : { noNewPrivileges }),
    user: changeUser(process.user, flags),
  };
}

/** An ambient capability has to be inheritable, which the flag makes none: so runc adds it where any is. */
function addCapabilities(sets: LinuxCapabilities, caps: readonly string[]): LinuxCapabilities {
  const add = (names: readonly string[] = []) => [...names, ...caps];
  return {
    ...sets,
    bounding: add(sets.bounding),
    effective: add(sets.effective),
    permitted: add(sets.permitted),
    ...(sets.inheritable ? { ambient: add(sets.ambient) } : {}),
  };
}

/**
 * The process without capabilities that no kernel has. Unlike those of a container's config they are no error: who
 * executes something gets less than was asked for, as with runc, and a warning.
 *
 * @param warn told of them, in runc's words
 */
export function dropUnknownCapabilities(process: Process, warn: (text: string) => void): Process {
  const { capabilities } = process, unknown = new Set<string>();
  if (!capabilities) return process;
  const known = Object.entries(capabilities).map(([set, names]: [string, readonly string[] | undefined]) => {
    return [set, names?.filter((name) => capabilityNumber(name) >= 0 || !unknown.add(name))] as const;
  });
  if (!unknown.size) return process;
  warn(`ignoring unknown or unavailable capabilities: [${[...unknown].sort().join(" ")}]`);
  return { ...process, capabilities: Object.fromEntries(known) };
}

function changeUser(user: Process["user"], flags: ProcessFlags): Process["user"] {
  const changed: { uid?: number; gid?: number } = {};
  if (flags.user) {
    const colon = flags.user.indexOf(":");
    if (colon >= 0) changed.gid = readId("gid", flags.user.slice(colon + 1));
    changed.uid = readId("uid", colon < 0 ? flags.user : flags.user.slice(0, colon));
  }
  for (const gid of flags.additionalGids) {
    if (gid < 0) throw new RuntError("usage", `additional-gids must be a positive number ${gid}`);
  }
  const additionalGids = [...user.additionalGids ?? [], ...flags.additionalGids];
  return { ...user, ...changed, ...(additionalGids.length ? { additionalGids } : {}) };
}

/** Reads an id as Go's strconv.Atoi does; out of range is what no id can be. */
function readId(kind: string, text: string): number {
  const id = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  const quoted = JSON.stringify(text);
  if (Number.isNaN(id)) {
    throw new RuntError("usage", `bad ${kind}: strconv.Atoi: parsing ${quoted}: invalid syntax`);
  }
  if (id >= 0 && id < 2 ** 32) return id;
  throw new RuntError("usage", `bad ${kind}: ${quoted} is not between 0 and ${2 ** 32 - 1}`);
}

/**
 * The process that stands in a file (`--process`). What it leaves out of capabilities, limits, labels, scheduling, is the
 * container's; the umask and the OOM score always are. So it is in runc.
 *
 * @throws {RuntError} when the text is not what it must be
 */
export function parseProcessFile(text: string, path: string, container: Process): Process {
  const { value, problems } = decode<Process>(text, PROCESS, path);
  if (problems.length) throw problemsError(problems, path);
  const { capabilities, apparmorProfile, selinuxLabel, rlimits, ioPriority, scheduler, execCPUAffinity } =
    container;
  const defaults = {
    capabilities,
    apparmorProfile,
    selinuxLabel,
    rlimits,
    ioPriority,
    scheduler,
    execCPUAffinity,
  };
  const process: Record<string, unknown> = { ...value };
  for (const [name, inherited] of Object.entries(defaults)) {
    const own = process[name], asked = Array.isArray(own) ? own.length > 0 : Boolean(own);
    if (!asked && inherited !== undefined) process[name] = inherited;
  }
  const { umask } = container.user, { oomScoreAdj } = container;
  delete process.oomScoreAdj;
  const { umask: _, ...user } = value.user;
  return {
    ...process as unknown as Process,
    user: umask === undefined ? user : { ...user, umask },
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  };
}
