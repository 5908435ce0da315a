import { readState } from "../state/state_file.ts";
import { stateDirectory } from "../state/state_directory.ts";
import { type ContainerState, describeContainer } from "./container_state.ts";
import { containerOf } from "./load_container.ts";
import type { RuntimeOptions } from "./options.ts";

/** All containers below the root, by id. What cannot be read is told to the log and left out. */
export function listContainers(runtime: RuntimeOptions): ContainerState[] {
  const containers: ContainerState[] = [];
  for (const id of directoriesIn(runtime.root)) {
    const directory = stateDirectory(runtime.root, id);
    try {
      const state = readState(directory);
      if (state) {
        containers.push(describeContainer(containerOf(runtime, directory, state), ownerOf(directory)));
      }
    } catch (error) {
      runtime.log.warn(`load container ${id}: ${(error as Error).message}`);
    }
  }
  return containers;
}

function directoriesIn(root: string): string[] {
  try {
    return [...Deno.readDirSync(root)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The name of a file's owner by the host's `/etc/passwd`, or `#` and the number, as runc has it. */
function ownerOf(path: string): string {
  const uid = String(Deno.lstatSync(path).uid);
  let passwd = "";
  try {
    passwd = Deno.readTextFileSync("/etc/passwd");
  } catch { /* a host without: the number will do */ }
  const line = passwd.split("\n").find((line) => line.split(":")[2] === uid);
  return line?.slice(0, line.indexOf(":")) ?? `#${uid}`;
}
