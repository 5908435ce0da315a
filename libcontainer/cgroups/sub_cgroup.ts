import { RuntError } from "../error.ts";
import { modeOf } from "./mode.ts";

/** Cgroups below the container's, by controller; that of the empty string is for all controllers. */
export type SubCgroups = ReadonlyMap<string, string>;

/**
 * Reads `exec --cgroup`: one path, or `controller[,controller…]:path` as often as there are hierarchies (v1).
 *
 * @throws {RuntError} `usage` with runc's texts
 */
export function parseSubCgroups(values: readonly string[]): SubCgroups {
  const paths = new Map<string, string>();
  for (const value of values) {
    const colon = value.indexOf(":");
    if (colon < 0) {
      if (values.length > 1) throw bad(`argument: ${value} (missing <controller>: prefix)`);
      paths.set("", value);
      continue;
    }
    for (const controller of value.slice(0, colon).split(",")) {
      if (controller === "") throw bad(`argument: ${value} (empty <controller> prefix)`);
      if (paths.has(controller)) throw bad(`argument(s): controller ${controller} specified multiple times`);
      paths.set(controller, value.slice(colon + 1));
    }
  }
  return paths;
}

function bad(text: string): RuntError {
  return new RuntError("usage", `invalid --cgroup ${text}`);
}

/**
 * The directories that a process has to be in.
 *
 * @param paths the container's, by controller; v2's by the empty string
 * @param subs where below them
 * @throws {RuntError} with runc's texts, for a controller that the container has not, or a way out of its cgroup
 */
export function resolveSubCgroups(
  paths: Readonly<Record<string, string>>,
  subs: SubCgroups,
): Readonly<Record<string, string>> {
  if (subs.size === 0) return paths;
  const all = subs.get(""), unified = modeOf(paths) === "unified";
  const resolved = { ...paths };
  if (all !== undefined || unified) {
    for (const [controller, base] of Object.entries(paths)) resolved[controller] = below(base, all ?? "");
    return resolved;
  }
  for (const [controller, sub] of subs) {
    const base = paths[controller];
    if (base === undefined) {
      throw new RuntError("usage", `unknown controller ${controller} in SubCgroupPaths`);
    }
    resolved[controller] = below(base, sub);
  }
  return resolved;
}

function below(base: string, sub: string): string {
  const parts: string[] = [];
  for (const part of sub.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) throw new RuntError("usage", `bad sub cgroup path: ${sub}`);
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.length ? `${base}/${parts.join("/")}` : base;
}
