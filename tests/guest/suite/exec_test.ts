/** `exec` on cgroup v2: into the container's cgroup by clone3, or wherever its init has gone. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Config } from "../../support/bundle.ts";
import { root, testNeeding } from "../../support/needs.ts";
import { cgroupPaths, type RunningContainer, startContainer } from "../../support/running_container.ts";
import { RUNT } from "../../support/runtime.ts";

/** The cgroup of a process executed with these flags, as the host sees it, below the container's. */
function cgroupWith(running: RunningContainer, ...flags: string[]): string {
  const pidFile = `${running.directory}/pid`, { runtime, id } = running;
  const args = [runtime.program, "--root", runtime.root, "exec", "-d", "--pid-file", pidFile, ...flags, id];
  const { code } = new Deno.Command("sh", {
    args: ["-c", 'exec "$@" sleep 99 >/dev/null 2>"$0"', `${running.directory}/errors`, ...args],
  }).outputSync();
  assertEquals(code, 0, Deno.readTextFileSync(`${running.directory}/errors`));
  const pid = Deno.readTextFileSync(pidFile);
  const cgroup = Deno.readTextFileSync(`/proc/${pid}/cgroup`).trim();
  Deno.kill(Number(pid), "SIGKILL");
  return cgroup.slice(cgroup.lastIndexOf(id) + id.length);
}

testNeeding([root], "exec is in the container's cgroup, or below it", () => {
  for (const runtimeProgram of [RUNT, "runc"]) {
    using running = startContainer(() => {}, runtimeProgram);
    Deno.mkdirSync(`${cgroupPaths(running)[""]}/below`);
    assertEquals([cgroupWith(running), cgroupWith(running, "--cgroup", "below")], ["", "/below"]);
    const { code, stderr } = running.exec("--cgroup", "none", "ID", "true");
    assertEquals(code, 255);
    assertStringIncludes(stderr, "no such file or directory");
  }
});

testNeeding(
  [root],
  "exec follows the init into a cgroup below, when its own may have no processes any more",
  () => {
    for (const runtimeProgram of [RUNT, "runc"]) {
      // The limit has the controller there.
      const limited = ({ linux }: Config) => linux.resources.memory = { limit: 64 * 1024 * 1024 };
      using running = startContainer(limited, runtimeProgram);
      const dir = cgroupPaths(running)[""]!;
      Deno.mkdirSync(`${dir}/init`);
      Deno.writeTextFileSync(`${dir}/init/cgroup.procs`, String(running.pid));
      Deno.writeTextFileSync(`${dir}/cgroup.subtree_control`, "+memory");
      assertEquals(cgroupWith(running), "/init");
    }
  },
);

testNeeding([root], "exec works in a container that has as many processes as it may, or one less", () => {
  for (const limit of [1, 2]) {
    using running = startContainer(({ linux }) => linux.resources.pids = { limit });
    assertEquals(running.exec("ID", "id", "-u"), { code: 0, stdout: "0\n", stderr: "" });
  }
});
