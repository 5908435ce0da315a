/**
 * What rules of the device cgroup come to.
 *
 * Rules are applied in order, the last match wins. What cgroup v1's kernel keeps is smaller: a default (allow or
 * deny) and exceptions to it; a rule takes exceptions away or adds some. A rule that would make a hole in a wider
 * exception is silently ignored by that kernel, so it is refused here. cgroup v2 gets the same exceptions, as a
 * program.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/devices.html
 * @module
 */
import { RuntError } from "../../error.ts";
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";

/** Access to a device, as bits; the numbers are those of `BPF_DEVCG_ACC_*`. */
export const ACCESS = { m: 1, r: 2, w: 4 } as const;
/** All access. */
export const RWM = 7;

/** An exception to the default. */
export interface DeviceException {
  readonly type: "b" | "c";
  /** -1: all */
  readonly major: number;
  /** -1: all */
  readonly minor: number;
  /** {@linkcode ACCESS} bits */
  readonly access: number;
}

/** Default and exceptions of a device cgroup. */
export interface DeviceFilter {
  readonly allow: boolean;
  /** By `type major:minor`, in the order of runc's writes: major, minor, type. */
  readonly exceptions: readonly DeviceException[];
}

/**
 * Works out what rules come to, starting from "deny all".
 *
 * @param own how many of them are the config's, for errors; the default rules stand behind
 * @throws {RuntError} `invalid-config` for a type that a cgroup cannot tell, or a hole in a wider exception
 */
export function deviceFilter(rules: readonly LinuxDeviceCgroup[], own = rules.length): DeviceFilter {
  let allow = false;
  const exceptions = new Map<string, DeviceException>();
  rules.forEach((rule, i) => {
    const { type = "a", major = -1, minor = -1 } = rule;
    if (type === "a") {
      allow = rule.allow;
      return exceptions.clear();
    }
    const path = `linux.resources.devices${i < own ? `[${i}]` : ""}`;
    if (type !== "b" && type !== "c") {
      throw new RuntError("invalid-config", `invalid cgroup device type "${type}"`, { path: `${path}.type` });
    }
    const access = accessBits(rule.access ?? ""), key = keyOf({ type, major, minor });
    const before = exceptions.get(key)?.access ?? 0;
    let after = before | access;
    if (rule.allow === allow) {
      refuseHole(exceptions, { type, major, minor, access }, path, allow);
      after = before & ~access;
    }
    if (after) exceptions.set(key, { type, major, minor, access: after });
    else exceptions.delete(key);
  });
  const sorted = [...exceptions.values()].sort((a, b) =>
    a.major - b.major || a.minor - b.minor || (a.type < b.type ? -1 : 1)
  );
  return { allow, exceptions: sorted };
}

/** Lines of `devices.list` (`c 1:3 rwm`) as rules that allow. */
export function parseRules(list: string): LinuxDeviceCgroup[] {
  const rules: LinuxDeviceCgroup[] = [];
  for (const line of list.split("\n")) {
    const [type, major, minor, access] = line.split(/[ :]/);
    if (!type) continue;
    const rule = { type, major: numberOrAll(major), minor: numberOrAll(minor), access: access ?? "" };
    rules.push({ allow: true, ...rule });
  }
  return rules;
}

/**
 * The filter that `devices.list` of a v1 cgroup shows.
 *
 * Where the default is "allow" the exceptions cannot be seen.
 */
export function parseDevicesList(list: string): DeviceFilter {
  return deviceFilter(parseRules(list));
}

/** Whether rules only say "nothing is allowed", as those of most containers do. */
export function denyAll(rules: readonly LinuxDeviceCgroup[]): boolean {
  return rules.every(({ allow, type }) => !allow && (type ?? "a") === "a");
}

/** A line for `devices.allow` or `devices.deny`. */
export interface DeviceWrite {
  readonly allow: boolean;
  readonly line: string;
}

/**
 * The lines that lead from one filter to another, with as little in between as possible: a running container must
 * not lose a device that it keeps.
 */
export function deviceTransition(from: DeviceFilter, to: DeviceFilter): DeviceWrite[] {
  const writes: DeviceWrite[] = [];
  const old = new Map<string, DeviceException>(), next = new Map<string, DeviceException>();
  // Exceptions to "allow" are not shown by the kernel, so there nothing is known of them: begin anew.
  if (from.allow || to.allow) writes.push({ allow: to.allow, line: "a *:* rwm" });
  else for (const exception of from.exceptions) old.set(keyOf(exception), exception);
  for (const exception of to.exceptions) next.set(keyOf(exception), exception);
  for (const [key, exception] of old) {
    const dropped = exception.access & ~(next.get(key)?.access ?? 0);
    if (dropped) writes.push({ allow: to.allow, line: formatException({ ...exception, access: dropped }) });
  }
  for (const [key, exception] of next) {
    const gained = exception.access & ~(old.get(key)?.access ?? 0);
    if (gained) writes.push({ allow: !to.allow, line: formatException({ ...exception, access: gained }) });
  }
  return writes;
}

/** Whether two filters allow the same. */
export function sameFilter(a: DeviceFilter, b: DeviceFilter): boolean {
  if (a.allow !== b.allow || a.exceptions.length !== b.exceptions.length) return false;
  return a.exceptions.every((exception, i) =>
    formatException(exception) === formatException(b.exceptions[i]!)
  );
}

/** Access letters as bits; letters that mean nothing are dropped. */
export function accessBits(access: string): number {
  let bits = 0;
  for (const letter of access) bits |= ACCESS[letter as "m"] ?? 0;
  return bits;
}

/** Refuses to take away part of what a wider exception gives. */
function refuseHole(
  exceptions: ReadonlyMap<string, DeviceException>,
  exception: DeviceException,
  path: string,
  allow: boolean,
): void {
  const { type, major, minor, access } = exception, key = keyOf(exception);
  for (const wide of [{ major: -1, minor }, { major, minor: -1 }, { major: -1, minor: -1 }]) {
    const wideKey = keyOf({ type, ...wide }), wider = exceptions.get(wideKey);
    if (wideKey === key || !wider || !(wider.access & access)) continue;
    const verb = allow ? "deny" : "allow";
    const message =
      `unable to remove '${verb}' exception: requested rule [${formatException(exception)}] not ` +
      `supported by devices cgroupv1 (cannot punch hole in existing wildcard rule [${
        formatException(wider)
      }])`;
    throw new RuntError("invalid-config", message, { path });
  }
}

function keyOf({ type, major, minor }: Omit<DeviceException, "access">): string {
  return `${type} ${major}:${minor}`;
}

/** An exception as a line of `devices.list`: `c 1:3 rwm`. */
export function formatException({ type, major, minor, access }: DeviceException): string {
  return `${type} ${major < 0 ? "*" : major}:${minor < 0 ? "*" : minor} ${accessLetters(access)}`;
}

/** {@linkcode ACCESS} bits as letters. */
export function accessLetters(access: number): string {
  return (access & ACCESS.r ? "r" : "") + (access & ACCESS.w ? "w" : "") + (access & ACCESS.m ? "m" : "");
}

function numberOrAll(text: string | undefined): number {
  return text === "*" || text === undefined ? -1 : Number(text);
}
