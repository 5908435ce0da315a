/**
 * What a container may leave behind when something went wrong.
 *
 * @module
 */

/** Everything on the host that speaks of a container: state, cgroups, mounts, processes. */
export function leftovers(id: string, root: string, bundle: string): string[] {
  return [...stateOf(root, id), ...cgroupsOf(id), ...mountsOf(bundle), ...processesOf(id, bundle)];
}

function stateOf(root: string, id: string): string[] {
  return exists(`${root}/${id}`) ? [`state directory ${root}/${id}`] : [];
}

/** cgroup directories of that name, in all hierarchies, wherever they hang. */
export function cgroupsOf(id: string): string[] {
  const { stdout } = new Deno.Command("find", {
    args: ["/sys/fs/cgroup", "-type", "d", "-name", id],
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean).map((path) => `cgroup ${path}`);
}

function mountsOf(bundle: string): string[] {
  return Deno.readTextFileSync("/proc/self/mountinfo").split("\n")
    .filter((line) => line.includes(bundle)).map((line) => `mount ${line}`);
}

/** Processes that run the init image, or whose root or cgroup is the container's. */
function processesOf(id: string, bundle: string): string[] {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const cgroup = read(`/proc/${name}/cgroup`), root = link(`/proc/${name}/root`);
    const state = /^State:\s*(\w)/m.exec(read(`/proc/${name}/status`))?.[1];
    // A zombie waits for its parent, who may be a slow one; it holds nothing.
    if (state === "Z" || state === "X" || state === undefined) continue;
    if (cgroup.includes(`/${id}`) || root.startsWith(bundle)) found.push(`process ${name} ${state} ${root}`);
  }
  return found;
}

/** Whether anything is there, a link not followed. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function link(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}
