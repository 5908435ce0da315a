/**
 * What is executed in a container is in its cgroup, full or paused as that may be.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cgroupV1, program, root, testNeeding } from "../support/needs.ts";
import { cgroupPaths, type RunningContainer, startContainer } from "../support/running_container.ts";
import { RUNT, waitUntil } from "../support/runtime.ts";

const MiB = 1024 * 1024;

/** Counts all processes that the shell sees, zombies too, without making one. */
const COUNT_PROCESSES = "set -- /proc/[0-9]*; echo $#";

/** The cgroups of a process that sleeps, executed with those flags, as the host sees them. */
function cgroupsWith(running: RunningContainer, flags: readonly string[]): string {
  const pidFile = `${running.directory}/pid`, { runtime, id } = running;
  const args = [runtime.program, "--root", runtime.root, "exec", "-d", "--pid-file", pidFile, ...flags, id];
  const script = 'exec "$@" sleep 99 >/dev/null 2>"$0"', errors = `${running.directory}/errors`;
  const { code } = new Deno.Command("sh", { args: ["-c", script, errors, ...args] }).outputSync();
  assertEquals(code, 0, Deno.readTextFileSync(errors));
  const pid = Number(Deno.readTextFileSync(pidFile));
  const text = Deno.readTextFileSync(`/proc/${pid}/cgroup`).replaceAll(id, "ID");
  Deno.kill(pid, "SIGKILL");
  return text;
}

/** Makes a cgroup below the container's, in all hierarchies or one. */
function makeBelow(running: RunningContainer, name: string, controller?: string): void {
  for (const [key, dir] of Object.entries(cgroupPaths(running))) {
    if (controller === undefined || key === controller) Deno.mkdirSync(`${dir}/${name}`, { recursive: true });
  }
  // A new cpuset has neither CPUs nor memory, and nobody may enter it.
  const cpuset = cgroupPaths(running).cpuset;
  if (cpuset === undefined || controller !== undefined && controller !== "cpuset") return;
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    Deno.writeTextFileSync(`${cpuset}/${name}/${file}`, Deno.readTextFileSync(`${cpuset}/${file}`));
  }
}

testNeeding([root, program("runc"), cgroupV1], "--cgroup puts a process below the container's cgroup", () => {
  const seen = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(() => {}, runtimeProgram);
    makeBelow(running, "below");
    // runc 1.1 has no path for the v2 hierarchy of a hybrid host.
    const look = (flags: readonly string[]) => cgroupsWith(running, flags).replace(/^0::.*\n/m, "");
    return [[], ["--cgroup", "below"], ["--cgroup", "cpu:below", "--cgroup", "pids,memory:/below/"]].map(
      look,
    );
  });
  assertEquals(seen[0], seen[1]);
  assertMatch(seen[0]![1]!, /:devices:.*\/ID\/below$/m);
});

testNeeding([root], "a cgroup that is not there, or not below the container's, is refused", () => {
  using running = startContainer();
  for (
    const [cgroup, text] of [
      ["none", /error adding pid \d+ to cgroups: .*: no such file or directory/],
      ["../other", /bad sub cgroup path: \.\.\/other/],
      ["below/../../other", /bad sub cgroup path/],
    ] as const
  ) {
    const { code, stderr } = running.exec("--cgroup", cgroup, "ID", "true");
    assertEquals(code, 255, cgroup);
    assertMatch(stderr, text);
  }
  // The init and the shell itself: none of the refused ones is left.
  assertEquals(running.exec("ID", "sh", "-c", COUNT_PROCESSES).stdout, "2\n");
});

function freeze(running: RunningContainer, frozen: boolean): void {
  const { freezer, "": unified } = cgroupPaths(running);
  if (freezer === undefined) Deno.writeTextFileSync(`${unified}/cgroup.freeze`, frozen ? "1" : "0");
  else Deno.writeTextFileSync(`${freezer}/freezer.state`, frozen ? "FROZEN" : "THAWED");
  waitUntil("it is paused or resumed", () => {
    return running.runtime.state(running.id).status === (frozen ? "paused" : "running");
  });
}

testNeeding([root], "a paused container is told as such; with --ignore-paused a process waits", async () => {
  using running = startContainer();
  const { runtime, id } = running;
  freeze(running, true);
  const { code, stderr } = running.exec("ID", "true");
  assertEquals(code, 255);
  const text = "exec failed: cannot exec in a paused container (use --ignore-paused to override)";
  assertStringIncludes(stderr, text);
  const child = new Deno.Command(runtime.program, {
    args: ["--root", runtime.root, "exec", "--ignore-paused", id, "sh", "-c", "exit 5"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const first = await Promise.race([
    child.status,
    new Promise((resolve) => setTimeout(resolve, 300, "waits")),
  ]);
  assertEquals(first, "waits");
  freeze(running, false);
  assertEquals((await child.status).code, 5);
});

/** Fills the container's memory until so much is left. */
function fillMemory(running: RunningContainer, limit: number, left: number): number {
  const { memory } = cgroupPaths(running);
  const usage = () => Number(Deno.readTextFileSync(`${memory}/memory.usage_in_bytes`));
  for (let i = 0; limit - usage() > left + 0x10000; i++) {
    const pages = Math.floor((limit - usage() - left) / 4096);
    running.exec("ID", "dd", "if=/dev/zero", `of=/dev/shm/fill${i}`, "bs=4096", `count=${pages}`);
    assert(i < 20, `${limit - usage()} bytes stay free`);
  }
  return limit - usage();
}

testNeeding([root, cgroupV1], "exec works with 1 MiB of memory left in the container", () => {
  const limit = 16 * MiB;
  using running = startContainer(({ linux }) => linux.resources.memory = { limit, swap: limit });
  const left = fillMemory(running, limit, MiB);
  assert(left < 1.2 * MiB, `${left} bytes are left`);
  for (let i = 0; i < 10; i++) {
    assertEquals(running.exec("ID", "/bin/true"), { code: 0, stdout: "", stderr: "" });
  }
});

testNeeding([root, cgroupV1], "exec works in a container that has as many processes as it may", () => {
  using running = startContainer(({ linux }) => linux.resources.pids = { limit: 1 });
  assertEquals(running.exec("ID", "id", "-u"), { code: 0, stdout: "0\n", stderr: "" });
});

testNeeding(
  [root],
  "200 execs, 8 at a time, while the container is paused and resumed, end as they must",
  async () => {
    using running = startContainer();
    const { runtime, id, pid } = running;
    const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    let next = 0, pausing = true;
    const work = async () => {
      while (next < 200) {
        const wanted = next++ % 100;
        const { code, stderr } = await new Deno.Command(runtime.program, {
          args: ["--root", runtime.root, "exec", "--ignore-paused", id, "sh", "-c", `exit ${wanted}`],
          stdin: "null",
          stdout: "null",
        }).output();
        assertEquals(code, wanted, new TextDecoder().decode(stderr));
      }
    };
    const pauses = (async () => {
      for (let frozen = true; pausing || !frozen; frozen = !frozen) {
        freeze(running, frozen);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    try {
      await Promise.all(Array.from({ length: 8 }, work));
    } finally {
      pausing = false;
      await pauses;
    }
    // The init and the shell itself: no zombie is left, nor what runt has made on the way.
    assertEquals(running.exec("ID", "sh", "-c", COUNT_PROCESSES).stdout, "2\n");
    assertEquals([...Deno.readDirSync(`/proc/${pid}/fd`)].length, descriptors);
  },
);
