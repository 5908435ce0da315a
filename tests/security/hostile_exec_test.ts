/**
 * `exec` into a container whose processes lie in wait for it: they may have put anything into the place of the files
 * that a runtime looks at, and would trace the process that joins them.
 *
 * Seen to fail without the defence: take `closeDescriptors()` out of `libcontainer/process/joined_process.ts` and
 * `libcontainer/init/program.ts`, and the check of `getcwd` out of `libcontainer/init/credentials.ts` (first two tests);
 * have `forbidTracing()` of `libcontainer/init/first_steps.ts` do nothing (the last but one).
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { CgroupJoin } from "../../libcontainer/cgroups/cgroup_join.ts";
import { Host } from "../../libcontainer/host/facts.ts";
import { setUpExec } from "../../libcontainer/init/exec_order.ts";
import { planExec } from "../../libcontainer/lifecycle/exec_config.ts";
import { loadContainer } from "../../libcontainer/lifecycle/load_container.ts";
import { makeJoinedProcess } from "../../libcontainer/process/joined_process.ts";
import { killAndReap } from "../../libcontainer/process/wait.ts";
import { root, testNeeding } from "../support/needs.ts";
import { type RunningContainer, startContainer } from "../support/running_container.ts";
import { usualOptions } from "../support/runtime_options.ts";
import { type Outcome, run, waitUntil } from "../support/runtime.ts";

/** exec by a caller who leaks directories of the host, as runc once did itself. */
function execLeaking({ runtime, id }: RunningContainer, shell: string, ...args: string[]): Outcome {
  const words = args.map((arg) => arg === "ID" ? id : arg);
  return run("bash", [
    "-c",
    `${shell}; exec "$@"`,
    "bash",
    runtime.program,
    "--root",
    runtime.root,
    "exec",
    ...words,
  ]);
}

testNeeding([root], "CVE-2024-21626: no descriptor leads the working directory of exec out", () => {
  using running = startContainer();
  for (const fd of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 24, 30]) {
    const args = ["--cwd", `/proc/self/fd/${fd}`, "ID", "ls", "../../../../../.."];
    const { code, stdout, stderr } = execLeaking(running, "exec 7</ 8</sys/fs/cgroup 30</", ...args);
    assertEquals([fd, code, stdout], [fd, 255, ""]);
    assertStringIncludes(stderr, "cwd");
  }
  // What the caller hands on deliberately is no way out either.
  const { code, stderr } = execLeaking(
    running,
    "exec 3</",
    ...["--preserve-fds", "1", "--cwd", "/proc/self/fd/3", "ID", "ls"],
  );
  assertEquals(code, 255);
  assertStringIncludes(stderr, "current working directory is outside of container mount namespace root");
});

testNeeding(
  [root],
  "CVE-2024-21626: no descriptor leads to a program of the host, and none is inherited",
  () => {
    using running = startContainer();
    for (const fd of [3, 5, 7, 12, 13, 14, 15, 16, 17, 18, 20]) {
      const path = `/proc/self/fd/${fd}/../../../../../../../../bin/sh`;
      const { code, stdout } = execLeaking(running, "exec 5</ 7</usr 20</", "ID", path, "-c", "echo out");
      assertEquals([fd, code, stdout], [fd, 255, ""]);
    }
    const { stdout } = execLeaking(running, "exec 5</ 33</etc 200</", "ID", "ls", "/proc/self/fd");
    assertEquals(stdout, "0\n1\n2\n3\n"); // 3 is the directory that ls reads
  },
);

/** A container whose root may change its mounts, and has run something. */
function hostile(script: string, change: Parameters<typeof startContainer>[0] = () => {}): RunningContainer {
  const running = startContainer((config) => {
    config.root.readonly = false;
    for (const set of ["bounding", "effective", "permitted"]) {
      config.process.capabilities[set].push("CAP_SYS_ADMIN");
    }
    config.process.args = ["sh", "-c", `${script}; touch /ready; exec sleep 1000`];
    change(config);
  });
  waitUntil("it is ready", () => {
    try {
      return Deno.lstatSync(`${running.rootfs}/ready`).isFile;
    } catch {
      return false;
    }
  });
  return running;
}

testNeeding([root], "a /proc of the container's own making is neither believed nor written to", () => {
  const script = "mount -t tmpfs none /proc; mkdir -p /proc/self/attr /proc/thread-self /proc/sys/kernel; " +
    "for f in self/oom_score_adj self/setgroups self/uid_map self/status sys/kernel/cap_last_cap; do " +
    "echo 77 >/proc/$f; done; mkfifo /proc/self/cgroup 2>/dev/null; ln -s /etc/passwd /proc/self/exe";
  using running = hostile(script, ({ process }) => process.oomScoreAdj = 123);
  const { code, stdout, stderr } = running.exec("ID", "sh", "-c", "id -u; cat /proc/self/oom_score_adj");
  assertEquals([code, stdout, stderr], [0, "0\n77\n", ""]);
  assertEquals(running.exec("ID", "cat", "/proc/self/setgroups").stdout, "77\n");
});

testNeeding([root], "an /etc/passwd that is anything else than a file keeps nobody out", () => {
  for (
    const script of [
      "rm /etc/passwd; mkfifo /etc/passwd || nc -l -U /etc/passwd & sleep 0.2",
      "rm /etc/passwd; mkdir /etc/passwd",
      "rm /etc/passwd; ln -s passwd /etc/passwd",
      "rm /etc/passwd; ln -s /proc/self/fd/9 /etc/passwd",
      "rm /etc/passwd; ln -s /dev/zero /etc/passwd",
      "rm /etc/passwd; ln -s /proc/self/mem /etc/passwd",
      "rm -rf /etc",
    ]
  ) {
    using running = hostile(script);
    const { code, stdout, stderr } = running.exec("ID", "sh", "-c", "echo $HOME");
    assertEquals([code, stdout, stderr], [0, "/\n", ""], script);
  }
});

testNeeding(
  [root],
  "a container without its own files still lets a program be found, or not, in words",
  () => {
    using running = hostile("mount -t tmpfs none /dev; mount -t tmpfs none /etc");
    assertEquals(running.exec("ID", "/bin/echo", "there").stdout, "there\n");
    using empty = hostile("rm -f /bin/cat /bin/id");
    assertStringIncludes(empty.exec("ID", "id").stderr, "executable file not found in $PATH");
  },
);

for (const user of ["0:0", "1000:1000"]) {
  testNeeding([root], `the process that joins as ${user} cannot be looked into by that user`, () => {
    return lookInto(user);
  });
}

async function lookInto(user: string): Promise<void> {
  using running = startContainer();
  const runtime = usualOptions(running.runtime.root);
  const container = loadContainer(runtime, running.id), host = new Host();
  const request = {
    process: { args: ["true"], env: [], terminal: false, user, additionalGids: [], caps: [] },
  };
  const { config } = await planExec(runtime, container, request, host);
  const native = openNative(), local = new LocalKernel(native), made: number[] = [];
  const paths = container.state.cgroup_paths;
  const cgroup = new CgroupJoin({ paths, exact: false, rootless: false, initCgroup: () => undefined });
  try {
    const joined = makeJoinedProcess(native, local, config, cgroup, {
      firstFreeFd: 3,
      init: local.pidfdOpen(running.pid, 0).value,
      rootless: false,
      onSpawn: (pidfd) => made.push(pidfd),
    });
    const { kernel, control, pid } = joined;
    const context = {
      ...{
        firstFreeFd: 3,
        control,
        kept: [control],
        stdio: [],
        lastCap: host.lastCap,
        setgroupsDenied: false,
      },
      root: { pty: undefined },
    };
    // It is what it will be when it executes the program, and waits for the word to do so.
    setUpExec(kernel, config, context, () => {});
    const inside = /^NSpid:.*\t(\d+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))![1]!;
    const looks =
      `cd /proc/${inside} && id -u && readlink exe; cat fd/0; cat environ; head -c 1 mem; cat maps`;
    const { stdout, stderr } = running.exec("--user", user, "ID", "sh", "-c", looks);
    assertEquals(stdout, `${parseInt(user)}\n`);
    assertEquals([...stderr.matchAll(/Permission denied/g)].length, 4, stderr);
    assert(!stderr.includes("No such"), stderr);
    local.close(kernel.control);
  } finally {
    for (const pidfd of made) killAndReap(local, pidfd);
  }
}
