/**
 * The unit of systemd that a container's cgroup belongs to.
 *
 * With `--systemd-cgroup`, `linux.cgroupsPath` reads `slice:prefix:name`: the unit is `prefix-name.scope` in that slice, or
 * where the name is one of a slice, that slice. Absent it is `:runt:<id>`. Rules and texts are runc's.
 *
 * @see systemd.unit(5), systemd.slice(5)
 * @module
 */
import { RuntError } from "../../error.ts";

/** A unit, by name and place. */
export interface Unit {
  /** Its name, such as `libpod-1234.scope`. */
  readonly name: string;
  /** The slice that it is in; a slice's is the one that it wants. */
  readonly slice: string;
  /** What it is called in its description. */
  readonly container: string;
}

const AT = { path: "linux.cgroupsPath" };
/** Characters that a unit's name can have, and how many (systemd.unit(5)). */
const UNIT_NAME = /^[\w:.\\@-]{1,255}$/;

/**
 * The unit that a container gets.
 *
 * @param cgroupsPath `linux.cgroupsPath`; empty when not given
 * @param id the container's
 * @param user whether systemd is a user's own
 * @throws {RuntError} `invalid-config` for what is no such path, or no name of a unit or slice
 */
export function unitOf(cgroupsPath: string, id: string, user: boolean): Unit {
  const parts = (cgroupsPath || `:runt:${id}`).split(":"), [parent, prefix, container] = parts;
  if (parts.length !== 3 || container === undefined) {
    const quoted = JSON.stringify(cgroupsPath);
    throw new RuntError(
      "invalid-config",
      `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got ${quoted} instead`,
      AT,
    );
  }
  const slice = parent || (user ? "user.slice" : "system.slice");
  expandSlice(slice);
  const name = container.endsWith(".slice") ? container : `${prefix}-${container}.scope`;
  // systemd would say so too. But what has a slash in it would be a cgroup of somebody else's.
  if (!UNIT_NAME.test(name)) throw new RuntError("invalid-config", `Unit name ${name} is not valid`, AT);
  return { name, slice, container };
}

/** Whether a unit is a slice, and not a scope. */
export function isSlice(unit: Pick<Unit, "name">): boolean {
  return unit.name.endsWith(".slice");
}

/**
 * A slice's cgroup: `a-b.slice` is in `a.slice`.
 *
 * @returns the path from the root of what systemd has, `/a.slice/a-b.slice`; empty for the root, `-.slice`
 * @throws {RuntError} with runc's text for what is no slice
 */
export function expandSlice(slice: string): string {
  if (slice === "-.slice") return "";
  const parts = slice.endsWith(".slice") ? slice.slice(0, -".slice".length).split("-") : [""];
  // `a--b.slice` and `-a.slice` are none.
  if (slice.includes("/") || parts.includes("")) {
    throw new RuntError("invalid-config", `invalid slice name: ${slice}`, AT);
  }
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join("-")}.slice`).join("");
}
