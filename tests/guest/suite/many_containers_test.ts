import { assertEquals } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { CGROUP_ROOT, Container } from "./container.ts";
import { guest } from "./guest_needs.ts";

const CONTAINERS = 24;
const AT_A_TIME = 8;

/** What containers could leave behind anywhere in the guest, where nobody else makes any. */
function readTraces() {
  const processes = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(
    ({ name }) => {
      try {
        return Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      } catch {
        return ""; // Ended meanwhile
      }
    },
  );
  return {
    cgroups: listCgroups(CGROUP_ROOT),
    mounts: Deno.readTextFileSync("/proc/self/mountinfo").split("\n").length,
    // Kernel threads have no command line; systemd's own come and go
    processes: processes.filter((command) => command !== "" && !command.startsWith("/lib/systemd/")).sort(),
  };
}

function listCgroups(directory: string): string[] {
  return [...Deno.readDirSync(directory)].filter((entry) => entry.isDirectory)
    .flatMap(({ name }) => [`${directory}/${name}`, ...listCgroups(`${directory}/${name}`)])
    .sort();
}

testNeeding(
  [guest],
  `${CONTAINERS} runs, ${AT_A_TIME} at a time, leave no cgroup, mount or process`,
  async () => {
    using container = new Container("exit 7", ({ linux }) => linux.resources.pids = { limit: 10 });
    const before = readTraces();
    const [program = "", ...args] = container.runCommand;
    const failures: string[] = [];
    let next = 0;
    const work = async () => {
      while (next < CONTAINERS) {
        const id = `${container.id}-${next++}`;
        const command = new Deno.Command(program, { args: [...args.slice(0, -1), id], stdin: "null" });
        const { code, stderr } = await command.output();
        if (code !== 7) failures.push(`${id}: exit ${code}: ${new TextDecoder().decode(stderr)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    assertEquals(failures, []);
    assertEquals(readTraces(), before);
  },
);
