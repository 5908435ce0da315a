import { assertEquals } from "@std/assert";
import { CGROUP_ROOT, Container, readCgroup } from "./container.ts";
import { guestCase, PID1, RUNTIME } from "./guest_case.ts";

const COUNT = 100;
const AT_ONCE = 8;

interface Traces {
  cgroups: string[];
  mounts: number;
  processes: string[];
}

function listCgroups(directory: string): string[] {
  return [...Deno.readDirSync(directory)].filter((entry) => entry.isDirectory)
    .flatMap((entry) => [`${directory}/${entry.name}`, ...listCgroups(`${directory}/${entry.name}`)])
    .sort();
}

/** What containers could leave behind. */
function readTraces(): Traces {
  const processes = [...Deno.readDirSync("/proc")].filter((entry) => /^\d+$/.test(entry.name))
    .flatMap(({ name }) => {
      try {
        const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
        return command === "" ? [] : [command]; // Kernel threads have none, and come and go
      } catch {
        return []; // Ended meanwhile
      }
    });
  return {
    cgroups: listCgroups(CGROUP_ROOT),
    mounts: Deno.readTextFileSync("/proc/self/mountinfo").split("\n").length,
    processes: processes.filter((command) => !command.startsWith("/lib/systemd/")).sort(),
  };
}

guestCase(`${COUNT} containers, ${AT_ONCE} at a time, all run and leave nothing`, {}, async () => {
  using container = new Container({ script: "exit 7", linux: { resources: { pids: { limit: 10 } } } });
  const before = readTraces();
  let next = 0;
  const failures: string[] = [];
  const worker = async () => {
    while (next < COUNT) {
      const id = `${container.id}-${next++}`;
      const { code, stderr } = await new Deno.Command(RUNTIME, {
        args: ["--root", container.root, "run", "--bundle", container.bundle, id],
        stdin: "null",
      }).output();
      if (code !== 7) failures.push(`${id}: exit ${code}: ${new TextDecoder().decode(stderr)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  assertEquals(failures, []);
  assertEquals(
    [...Deno.readDirSync(container.root)].map((entry) => entry.name).filter((n) => n !== "lock"),
    [],
  );
  assertEquals(readTraces(), before);
});

guestCase("systemd keeps its service in its cgroup, and no unit has failed", { pid1: "systemd" }, () => {
  assertEquals(PID1, "systemd");
  assertEquals(readCgroup("self"), "/system.slice/guest.service");
  const { stdout } = new Deno.Command("systemctl", { args: ["--failed", "--no-legend", "--plain"] })
    .outputSync();
  assertEquals(new TextDecoder().decode(stdout), "");
});
