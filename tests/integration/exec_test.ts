/**
 * What is executed in a container sees of itself the same under runc and under runt, and ends the same.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { type RunningContainer, startContainer } from "../support/running_container.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const BOTH = [root, program("runc")];

const LOOKS: Readonly<Record<string, string>> = {
  id: "id; umask; pwd",
  env: "env",
  status:
    "grep -vE '^(Vm|Rss|Hugetlb|SigQ|.*voluntary|Tgid|Ngid|Pid|PPid|NS|Threads|Mems_|Cpus_|x86|untag)' " +
    "/proc/self/status",
  mounts: "awk '{$1=$2=$3=\"\"; print}' /proc/self/mountinfo | grep -v '/rootfs / '",
  cgroup: "cat /proc/self/cgroup",
  limits: "cat /proc/self/limits",
  descriptors: "ls /proc/self/fd",
  session: "awk '{print ($1 == $6), ($1 == $5), $7}' /proc/self/stat",
  oom: "cat /proc/self/oom_score_adj",
  keys: "cat /proc/self/keys 2>&1 | wc -l",
  links: "readlink /proc/self/cwd; readlink /proc/self/root",
};

/** What a process sees that is executed with those flags. */
function look(running: RunningContainer, flags: readonly string[]): Record<string, string> {
  const script = Object.entries(LOOKS).map(([name, command]) => `echo '=== ${name}'; ${command}`).join("\n");
  const { stdout, stderr, code } = running.exec(...flags, "ID", "sh", "-c", script);
  assertEquals([code, stderr], [0, ""], flags.join(" "));
  return Object.fromEntries(
    stdout.split("=== ").slice(1).map((part) => {
      const at = part.indexOf("\n");
      return [part.slice(0, at), part.slice(at + 1).replaceAll(running.id, "ID")];
    }),
  );
}

/** Both runtimes' containers of a config, one after the other. */
function bothLook(change: (config: Config) => void, cases: readonly (readonly string[])[]): void {
  const seen = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(change, runtimeProgram);
    return cases.map((flags) => look(running, flags));
  });
  cases.forEach((flags, i) => assertEquals(seen[0]![i], seen[1]![i], flags.join(" ")));
}

testNeeding(BOTH, "a process sees the same as under runc, whatever flags change", () => {
  bothLook(() => {}, [
    [],
    ["--user", "1000"],
    ["-u", "1000:5", "-g", "7", "-g", "8"],
    ["--cwd", "/tmp"],
    ["--env", "A=1", "--env", "PATH=/none:/bin", "--env", "A=2"],
    ["--cap", "CAP_NET_ADMIN", "--cap", "CAP_SYS_PTRACE"],
    ["--cap", "CAP_NET_ADMIN", "--user", "1000"],
    ["--no-new-privs=false"],
  ]);
});

testNeeding(BOTH, "an unknown capability is left out with a warning, as in runc", () => {
  const told = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(() => {}, runtimeProgram);
    const { code, stdout, stderr } = running.exec(
      ...["--cap", "CAP_FOO", "--cap", "CAP_NET_ADMIN", "--cap", "chown", running.id, "grep", "CapEff"],
      "/proc/self/status",
    );
    return [code, stdout, stderr.replace(/time="[^"]*"/, "")];
  });
  assertEquals(told[0], told[1]);
  assertStringIncludes(String(told[0]![2]), "[CAP_FOO chown]");
});

testNeeding(BOTH, "a process has the container's groups, limits, OOM score and no_new_privs", () => {
  bothLook(({ process }) => {
    process.user = { uid: 1000, gid: 1000, additionalGids: [5, 1234] };
    process.rlimits = [
      { type: "RLIMIT_NOFILE", soft: 200, hard: 200 },
      { type: "RLIMIT_CORE", soft: 0, hard: 0 },
    ];
    process.oomScoreAdj = 100;
    process.noNewPrivileges = true;
    process.cwd = "/tmp";
  }, [[], ["-g", "9"], ["--user", "0"]]);
});

testNeeding(BOTH, "a process joins a user namespace as its root or another user of it", () => {
  bothLook(({ linux, mounts }) => {
    linux.namespaces.push({ type: "user" });
    linux.uidMappings = [{ containerID: 0, hostID: 100_000, size: 2000 }];
    linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 2000 }];
    // mqueue of the host's ipc namespace cannot be mounted; nor does runc 1.1 like a masked sysfs here.
    for (const mount of mounts) mount.options = mount.options?.filter((option: string) => option !== "gid=5");
  }, [[], ["--user", "1000:1000", "-g", "7"]]);
});

testNeeding(BOTH, "a process is in the host's namespaces where the container is", () => {
  bothLook((config) => {
    const { linux } = config;
    delete config.hostname;
    const shared = ["pid", "network", "uts"];
    linux.namespaces = linux.namespaces.filter(({ type }: Config) => !shared.includes(type));
  }, [[]]);
});

testNeeding([root], "a process joins what a container has joined of another one, as in a pod", () => {
  using pod = startContainer();
  using member = startContainer(({ linux }) => {
    for (const namespace of linux.namespaces) {
      const file = ({ network: "net", ipc: "ipc", uts: "uts", pid: "pid" } as Config)[namespace.type];
      if (file) namespace.path = `/proc/${pod.pid}/ns/${file}`;
    }
  });
  const ours = member.exec(
    "ID",
    "sh",
    "-c",
    "for n in net ipc uts pid mnt; do readlink /proc/self/ns/$n; done",
  );
  const names = (pid: number) =>
    ["net", "ipc", "uts", "pid", "mnt"].map((name) => Deno.readLinkSync(`/proc/${pid}/ns/${name}`));
  assertEquals(ours.stdout.trim().split("\n"), names(member.pid));
  assertEquals(names(member.pid).slice(0, 4), names(pod.pid).slice(0, 4));
});

testNeeding([root], "a process can be executed in a container that was not started", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  assertEquals(runtime.call(["exec", id, "id", "-u"]), { code: 0, stdout: "0\n", stderr: "" });
  assertEquals(runtime.state(id).status, "created");
});

testNeeding([root], "a process is in all namespaces of the container's init", () => {
  using running = startContainer(({ linux }) => linux.namespaces.push({ type: "time" }));
  const names = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"];
  const { stdout } = running.exec(
    "ID",
    "sh",
    "-c",
    `cd /proc/self/ns; for n in ${names.join(" ")}; do readlink $n; done`,
  );
  assertEquals(
    stdout.trim().split("\n"),
    names.map((name) => Deno.readLinkSync(`/proc/${running.pid}/ns/${name}`)),
  );
});

testNeeding([root], "a process has the container's umask, by a file too; runc 1.1 does not do so yet", () => {
  using running = startContainer(({ process }) => process.user.umask = 0o027);
  assertEquals(running.exec("ID", "sh", "-c", "umask").stdout, "0027\n");
  const process = {
    cwd: "/",
    args: ["/bin/sh", "-c", "umask; ulimit -n"],
    user: { uid: 0, gid: 0, umask: 0 },
  };
  assertEquals(running.exec("-p", processFile(running, process), "ID").stdout, "0027\n1024\n");
});

/** A file for `--process`. */
function processFile(running: RunningContainer, process: Config): string {
  const path = `${running.directory}/process.json`;
  Deno.writeTextFileSync(path, JSON.stringify(process));
  return path;
}

testNeeding(BOTH, "a process can be told by a file, and has the container's capabilities and limits", () => {
  const seen = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(({ process }) => {
      process.oomScoreAdj = 50;
      // runc 1.5 has them for what a file tells; 1.1 has not.
      delete process.rlimits;
    }, runtimeProgram);
    const script = Object.values(LOOKS).join("\n"), args = ["sh", "-c", script];
    const common = { cwd: "/tmp", env: ["A=1", "PATH=/bin"], user: { uid: 7, gid: 8, umask: 0 } };
    const files = [
      { ...common, args },
      { ...common, args, oomScoreAdj: 900, noNewPrivileges: true, rlimits: [] },
      {
        ...common,
        args,
        user: { uid: 0, gid: 0, additionalGids: [3] },
        capabilities: { bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: [] },
        rlimits: [{ type: "RLIMIT_NOFILE", soft: 60, hard: 60 }],
      },
    ];
    return files.map((file) => {
      const { code, stdout, stderr } = running.exec("--process", processFile(running, file), "ID");
      assertEquals([code, stderr], [0, ""]);
      return stdout.replaceAll(running.id, "ID");
    });
  });
  assertEquals(seen[0], seen[1]);
});

testNeeding([root], "the exit code is the process's, or 128 and the signal; detached it is 0", () => {
  using running = startContainer();
  assertEquals(running.exec("ID", "sh", "-c", "exit 42").code, 42);
  assertEquals(running.exec("ID", "sh", "-c", "kill -9 $$").code, 137);
  assertEquals(running.exec("ID", "sh", "-c", "kill -TERM $$").code, 143);
  assertEquals(running.exec("--detach", "ID", "sh", "-c", "exit 42").code, 0);
});

/** Both runtimes' last words, without time and what names the container. */
function complaints(args: readonly string[]): string[] {
  return [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(() => {}, runtimeProgram);
    const { code, stderr } = running.exec(...args);
    const line = stderr.trim().split("\n").at(-1)!.replace(/^time="[^"]*" /, "").replaceAll(running.id, "ID");
    // runt says where in config.json, and may put a hint behind.
    return `${code} ${line.replace(/process\.[\w.[\]]+: /, "").replace(/ \([^()"]*\)"$/, '"')}`;
  });
}

testNeeding(BOTH, "what cannot be executed is told with runc's texts and code", () => {
  for (
    const args of [
      ["ID", "no-such-program"],
      ["ID", "/etc/passwd"],
      ["ID", "/etc"],
      ["ID", "/no/such/program"],
      ["--detach", "ID", "no-such-program"],
      ["--cwd", "relative", "ID", "id"],
      ["--cwd", "/no/such/directory", "ID", "id"],
      ["--cwd", "/etc/passwd", "ID", "id"],
      ["-g", "-1", "ID", "id"],
      ["--process", "/no/such/file", "ID"],
      ["no-such-container", "id"],
      ["--cgroup", "a", "--cgroup", "b", "ID", "id"],
      ["--process-label", "x", "ID", "id"],
    ]
  ) {
    const [ours, theirs] = complaints(args);
    assertEquals(ours, theirs, args.join(" "));
  }
});

testNeeding(BOTH, "capabilities that cannot be had are told with runc's text", () => {
  const [ours, theirs] = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(() => {}, runtimeProgram);
    const file = `${running.directory}/process.json`;
    const capabilities = { bounding: ["CAP_CHOWN"], effective: ["CAP_CHOWN"], permitted: [] };
    const process = { user: { uid: 0, gid: 0 }, args: ["true"], env: [], cwd: "/", capabilities };
    Deno.writeTextFileSync(file, JSON.stringify(process));
    const { code, stderr } = running.exec("--process", file, "ID");
    return { code, text: /unable to start container process: .*/.exec(stderr)?.[0] };
  });
  assertEquals(ours!.code, theirs!.code);
  // What is more is ours: where in the file, and a hint.
  const text = ours!.text?.replace("process.capabilities: ", "").replace(/ \(Effective ones[^)]*\)/, "");
  assertEquals(text, theirs!.text);
});

testNeeding([root], "what runc 1.5 tells otherwise than 1.1 is told in its words", () => {
  using running = startContainer();
  for (
    const [args, text] of [
      [["ID"], "exec failed: exec args cannot be empty"],
      [["--user", "x", "ID", "id"], 'exec failed: bad uid: strconv.Atoi: parsing \\"x\\": invalid syntax'],
      [["--user", "1:y", "ID", "id"], 'exec failed: bad gid: strconv.Atoi: parsing \\"y\\": invalid syntax'],
      [["--cgroup", ":x", "ID", "id"], "invalid --cgroup argument: :x (empty <controller> prefix)"],
      [["--cgroup", "../x", "ID", "id"], "bad sub cgroup path: ../x"],
      [["--env", "=x", "ID", "id"], "invalid environment variable: name cannot be empty"],
      [["--preserve-fds", "2", "ID", "id"], "unable to stat preserved-fd 0 (of 2)"],
    ] as const
  ) {
    const { code, stderr } = running.exec(...args);
    assertEquals(code, 255, stderr);
    assertStringIncludes(stderr, text);
  }
  assertEquals(running.runtime.call(["exec"]).code, 1);
});

testNeeding([root], "a program of a wrong format is told, detached too, and no process is left", () => {
  using running = startContainer();
  Deno.writeTextFileSync(`${running.rootfs}/bad`, "\x7fELF nonsense");
  Deno.chmodSync(`${running.rootfs}/bad`, 0o755);
  const pidFile = `${running.directory}/pid`;
  for (const flags of [[], ["--detach"]]) {
    const { code, stderr } = running.exec(...flags, "--pid-file", pidFile, "ID", "/bad");
    assertEquals(code, 255);
    assertStringIncludes(
      stderr,
      "exec failed: unable to start container process: exec /bad: exec format error",
    );
    assert(![...Deno.readDirSync(running.directory)].some(({ name }) => name.includes("pid")));
  }
  assertEquals(running.exec("ID", "sh", "-c", "ls /proc | grep -c '^[0-9]'").stdout, "4\n");
});

testNeeding([root], "a stopped container is told as such", () => {
  using running = startContainer();
  running.runtime.must(["kill", running.id, "KILL"]);
  waitUntil("it has stopped", () => running.runtime.state(running.id).status === "stopped");
  const { code, stderr } = running.exec("ID", "id");
  assertEquals(code, 255);
  assertStringIncludes(stderr, 'msg="exec failed: cannot exec in a stopped container"');
});

testNeeding([root], "detached, exec leaves when the program was executed, and a pid file", () => {
  using running = startContainer();
  const pidFile = `${running.directory}/pid`, out = `${running.directory}/out`;
  const script = 'exec "$@" >"$0" 2>&1 </dev/null';
  const { runtime, id } = running;
  const command = [
    runtime.program,
    "--root",
    runtime.root,
    "exec",
    "-d",
    "--pid-file",
    pidFile,
    id,
    "sleep",
    "77",
  ];
  assertEquals(new Deno.Command("sh", { args: ["-c", script, out, ...command] }).outputSync().code, 0);
  assertEquals(Deno.readTextFileSync(out), "");
  const pid = Number(Deno.readTextFileSync(pidFile));
  assertEquals(Deno.readTextFileSync(`/proc/${pid}/cmdline`), "sleep\x0077\x00");
  assertMatch(Deno.readTextFileSync(`/proc/${pid}/cgroup`), new RegExp(id));
  Deno.kill(pid, "SIGKILL");
});

testNeeding([root], "exec hands signals on, and when it is killed the process goes on", async () => {
  using running = startContainer();
  const { runtime, id } = running;
  const script = "trap 'echo got it; exit 9' TERM; echo ready; while :; do usleep 20000; done";
  const spawn = () =>
    new Deno.Command(runtime.program, {
      args: ["--root", runtime.root, "exec", id, "sh", "-c", script],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  const child = spawn(), reader = child.stdout.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  assertEquals(await next(), "ready\n");
  child.kill("SIGTERM");
  assertEquals(await next(), "got it\n");
  assertEquals((await child.status).code, 9);
  reader.releaseLock();
  await child.stdout.cancel();
  const killed = spawn(), other = killed.stdout.getReader();
  assertEquals(new TextDecoder().decode((await other.read()).value), "ready\n");
  killed.kill("SIGKILL");
  assertEquals((await killed.status).signal, "SIGKILL");
  const pid = / *(\d+) .*trap 'echo/.exec(running.exec("ID", "ps").stdout)?.[1] ?? "";
  assertEquals(running.exec("ID", "kill", "-TERM", pid).code, 0);
  other.releaseLock();
  await killed.stdout.cancel();
});

testNeeding([root], "preserved descriptors are handed on, and no others", () => {
  using running = startContainer();
  const { runtime, id } = running;
  const shell = 'exec 3</etc/passwd 4</etc/group 5</etc/hosts; exec "$@"';
  const command = [runtime.program, "--root", runtime.root, "exec", "--preserve-fds", "2", id];
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", shell, "sh", ...command, "sh", "-c", "ls /proc/self/fd; readlink /proc/self/fd/4"],
    stdin: "null",
  }).outputSync();
  // The last but one is ls's own.
  assertEquals(new TextDecoder().decode(stdout).split("\n"), [
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "/etc/group",
    "",
  ]);
});

testNeeding(BOTH, "files of a caller who waits stay his; detached, the streams are the user's", () => {
  const seen = [RUNT, "runc"].map((runtimeProgram) => {
    using running = startContainer(() => {}, runtimeProgram);
    const { runtime, id, directory } = running;
    const owners = [[], ["--detach"]].map((flags, i) => {
      const file = `${directory}/out${i}`;
      const command = [runtime.program, "--root", runtime.root, "exec", ...flags, "--user", "1000", id];
      const script = 'exec "$@" echo word >"$0" 2>/dev/null </dev/null';
      assertEquals(new Deno.Command("sh", { args: ["-c", script, file, ...command] }).outputSync().code, 0);
      waitUntil("it is written", () => Deno.readTextFileSync(file) === "word\n");
      return Deno.statSync(file).uid;
    });
    const piped = runtime.call(["exec", "--user", "1000", id, "sh", "-c", "echo again >/dev/stdout"]);
    return [owners, piped];
  });
  assertEquals(seen[0], seen[1]);
  assertEquals(seen[0]![0], [0, 1000]);
});
