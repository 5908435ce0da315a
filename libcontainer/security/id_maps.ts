/**
 * The ids of a user namespace: writing its maps, as root and as anybody else, and what they permit.
 *
 * @see user_namespaces(7)
 * @module
 */
import type { Config, IdMapping } from "../config/config.ts";
import { RuntError } from "../error.ts";

type Kind = "uid" | "gid";

/**
 * Writes `/proc/<pid>/{uid_map,setgroups,gid_map}` of a process that has just made its user namespace.
 *
 * The path is the host's own `/proc`, and the pid cannot be another's: the process is a child that nobody has reaped.
 * Who is not root may map nobody but himself; for more there are newuidmap(1) and newgidmap(1), which know what
 * `/etc/subuid` and `/etc/subgid` grant.
 *
 * @param rootless whether runt's user is not root
 * @throws {RuntError} for what the kernel, or the tool, refuses
 */
export function writeIdMaps(
  pid: number,
  { uidMappings, gidMappings }: Pick<Config, "uidMappings" | "gidMappings">,
  rootless: boolean,
): void {
  writeIdMap(pid, "uid", uidMappings, rootless);
  // Who could drop a group by setgroups(2) could pass by a file's mode that is there to keep the group out.
  if (rootless && isOwnGroupAlone(gidMappings)) Deno.writeTextFileSync(`/proc/${pid}/setgroups`, "deny");
  writeIdMap(pid, "gid", gidMappings, rootless);
}

function isOwnGroupAlone(mappings: readonly IdMapping[]): boolean {
  const [first, ...more] = mappings;
  return first?.containerID === 0 && first.hostID === Deno.gid() && first.size === 1 && more.length === 0;
}

function writeIdMap(pid: number, kind: Kind, mappings: readonly IdMapping[], rootless: boolean): void {
  const lines = mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`);
  try {
    // All lines at once, as the kernel wants it.
    Deno.writeTextFileSync(`/proc/${pid}/${kind}_map`, lines.join(""));
  } catch (cause) {
    const denied = cause instanceof Deno.errors.PermissionDenied || /\(os error 1\)/.test(String(cause));
    if (rootless && denied) return useMappingTool(pid, kind, mappings);
    throw new RuntError("kernel", `cannot write /proc/${pid}/${kind}_map`, {
      path: `linux.${kind}Mappings`,
      cause,
    });
  }
}

function useMappingTool(pid: number, kind: Kind, mappings: readonly IdMapping[]): void {
  const tool = `new${kind}map`, path = `linux.${kind}Mappings`, found = findProgram(tool);
  if (found === undefined) {
    throw new RuntError("kernel", `failed to use ${tool}: mapping tool not present`, {
      path,
      hint: `Without ${tool} (Debian: uidmap) a user may map nothing but himself`,
    });
  }
  const args = mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size]);
  const { success, stderr } = new Deno.Command(found, {
    args: [pid, ...args].map(String),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1)!;
  throw new RuntError("kernel", `failed to use ${tool}: ${said || "it ended without a word"}`, {
    path,
    hint: `/etc/sub${kind} says which ids a user may map`,
  });
}

/** A program on runt's `PATH`. */
function findProgram(name: string): string | undefined {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    if (!directory.startsWith("/")) continue;
    try {
      const { isFile, mode } = Deno.statSync(`${directory}/${name}`);
      if (isFile && (mode ?? 0) & 0o111) return `${directory}/${name}`;
    } catch { /* not there */ }
  }
  return undefined;
}

/**
 * Refuses mappings that a user namespace which was joined does not have: engines give both, and what does not match
 * was meant for another one.
 *
 * @param pid a process in it
 * @throws {RuntError} with runc's text
 */
export function checkJoinedMaps(pid: number, config: Config): void {
  for (const kind of ["uid", "gid"] as const) {
    const given = config[`${kind}Mappings`];
    if (!given.length) continue;
    const there = parseIdMap(Deno.readTextFileSync(`/proc/${pid}/${kind}_map`));
    if (textOf(given) === textOf(there)) continue;
    throw new RuntError(
      "invalid-config",
      "user namespaces enabled, but both namespace path and non-matching mapping specified -- you may only " +
        "provide one",
      { path: `linux.${kind}Mappings` },
    );
  }
}

/** What `/proc/<pid>/uid_map` says, as seen from the reader's user namespace. */
export function parseIdMap(text: string): IdMapping[] {
  return text.trim().split("\n").filter(Boolean).map((line) => {
    const [containerID = 0, hostID = 0, size = 0] = line.trim().split(/\s+/).map(Number);
    return { containerID, hostID, size };
  });
}

/** The id that one of a process's user namespace has for the reader; undefined when it is not mapped. */
export function hostIdOf(pid: number, kind: Kind, id: number): number | undefined {
  let text = "";
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/${kind}_map`);
  } catch { /* it is gone */ }
  const range = parseIdMap(text).find(({ containerID, size }) =>
    id >= containerID && id < containerID + size
  );
  return range && range.hostID + id - range.containerID;
}

function textOf(mappings: readonly IdMapping[]): string {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`).sort().join();
}

/** Whether the user namespace of a process forbids `setgroups(2)` for good. */
export function isSetgroupsDenied(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/setgroups`).startsWith("deny");
  } catch {
    return false; // a kernel older than 3.19
  }
}
