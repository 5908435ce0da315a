/**
 * Containers of a normal user, without any right on the host but what it gives everybody.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import type { Config } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { cgroupV1, program, root, testNeeding } from "../support/needs.ts";
import { COUNT, mapRange, NormalUser, SUBORDINATE, USER, userNamespaces } from "../support/rootless.ts";
import { RUNT, waitUntil } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";

const NEEDS = [root, program("setpriv"), userNamespaces];
const TOOLS = [...NEEDS, program("newuidmap")];

/** What a container shows of itself, without what is counted. */
const LOOK = "id; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; " +
  "grep -E '^(Cap|NoNew|Groups|Seccomp:|Sig[^Q])' /proc/self/status; cat /proc/self/cgroup /proc/self/oom_score_adj; " +
  "ls -ln /dev | awk '{print $1,$3,$4,$NF}'; awk '{print $5,$6,$NF}' /proc/self/mountinfo; " +
  "cat /proc/self/keys | wc -l; ls /proc/self/ns /proc/self/fd; hostname";

function sh(command: string): (config: Config) => void {
  return ({ process }) => process.args = ["sh", "-c", command];
}

for (
  const [name, lacks, change] of [
    ["what runt spec --rootless writes", NEEDS, () => {}],
    ["a network of its own and sysfs", NEEDS, ({ linux, mounts }: Config) => {
      linux.namespaces.push({ type: "network" });
      Object.assign(mounts.find(({ destination }: Config) => destination === "/sys"), {
        type: "sysfs",
        source: "sysfs",
        options: ["nosuid", "noexec", "nodev", "ro"],
      });
    }],
    ["a device of the host's", NEEDS, ({ linux }: Config) => {
      linux.devices = [{ path: "/dev/fuse", type: "c", major: 10, minor: 229 }];
    }],
    ["a score that is raised", NEEDS, ({ process }: Config) => process.oomScoreAdj = 500],
    ["a range of ids, and a user out of it", TOOLS, (config: Config) => {
      mapRange(config);
      config.process.user = { uid: 1000, gid: 1000 };
    }],
  ] as const
) {
  testNeeding([...lacks, program("runc")], `a normal user's container is as under runc: ${name}`, () => {
    using user = new NormalUser(), runt = user.runtime(), runc = user.runtime("runc");
    using bundle = user.bundle((config) => {
      sh(LOOK)(config);
      change(config);
    });
    const expected = runc.run(bundle.directory), actual = runt.run(bundle.directory);
    assertEquals(expected.code, 0, expected.stderr);
    assertEquals(actual.stdout.split("\n"), expected.stdout.split("\n"), actual.stderr);
    assertStringIncludes(actual.stdout, name.includes("range") ? `1     ${SUBORDINATE}` : "deny");
  });
}

testNeeding(NEEDS, "a normal user's container goes through its life, and nothing of it stays", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle(sh("trap 'exit 3' TERM; while :; do sleep 0.1; done"));
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
  assertEquals(runtime.state(id).status, "created");
  assertMatch(runtime.must(["list"]).stdout, new RegExp(`${id}.*created`));
  runtime.must(["start", id]);
  assertEquals(runtime.state(id).status, "running");
  const { pid } = runtime.state(id);
  assertMatch(Deno.readTextFileSync(`/proc/${pid}/status`), new RegExp(`Uid:\\s+${USER}\\s+${USER}`));
  runtime.must(["kill", id, "KILL"]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  runtime.must(["delete", id]);
  waitUntil("nothing is left", () => leftovers(id, runtime.root, bundle.directory).length === 0);
});

/** The user namespace that owns a namespace file, by its inode (`ioctl_nsfs(2)`). */
function ownerOf(path: string): number | null {
  const NS_GET_USERNS = 0xb701, local = new LocalKernel(openNative());
  const file = local.openat(-100, path, 0o2000000), owner = local.ioctl(file, NS_GET_USERNS, 0);
  const { ino } = Deno.statSync(`/proc/self/fd/${owner.value}`);
  local.close(owner);
  local.close(file);
  return ino;
}

testNeeding(NEEDS, "every namespace of a normal user's container belongs to its user namespace", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle(({ linux }) => linux.namespaces.push({ type: "network" }, { type: "cgroup" }));
  bundle.update((config) => {
    config.linux.namespaces.push({ type: "network" });
    config.mounts = config.mounts.filter(({ type }: Config) => type !== "cgroup");
    if (!config.linux.namespaces.some(({ type }: Config) => type === "cgroup")) {
      config.linux.namespaces.push({ type: "cgroup" });
    }
  });
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id).stderr, "");
  const { pid } = runtime.state(id), own = Deno.statSync(`/proc/${pid}/ns/user`).ino;
  assert(own !== Deno.statSync("/proc/self/ns/user").ino);
  for (const name of ["ipc", "uts", "net", "mnt", "cgroup", "pid"]) {
    assertEquals(ownerOf(`/proc/${pid}/ns/${name}`), own, name);
  }
  runtime.must(["delete", "--force", id]);
});

testNeeding(TOOLS, "ids that the user was not given are refused, with the tool's words", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle(({ linux }) => {
    linux.uidMappings = [{ containerID: 0, hostID: USER, size: 1 }, { containerID: 1, hostID: 5, size: 10 }];
  });
  const { code, stderr } = runtime.run(bundle.directory);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /linux\.uidMappings: failed to use newuidmap: .*uid range \[1-11\) -> \[5-15\) not allowed/,
  );
  assertEquals([...Deno.readDirSync(runtime.root)].filter(({ isDirectory }) => isDirectory), []);
});

testNeeding(NEEDS, "without a mapping tool, that is said", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle(mapRange);
  const script = `exec env PATH=/nowhere ${RUNT} "$@"`;
  const { stderr } = user.run([
    "sh",
    "-c",
    script,
    "sh",
    "--root",
    runtime.root,
    "run",
    "-b",
    bundle.directory,
    "x",
  ]);
  assertStringIncludes(stderr, "failed to use newuidmap: mapping tool not present");
});

testNeeding(
  [...NEEDS, cgroupV1],
  "cgroups that a normal user may not make are missed only where they matter",
  () => {
    using user = new NormalUser(), runtime = user.runtime(), runc = user.runtime("runc");
    const cases: [RegExp, (config: Config) => void][] = [
      [/cannot set memory limit: container could not join or create cgroup/, ({ linux }) => {
        linux.resources = { memory: { limit: 1 << 26 } };
      }],
      [/cannot set pids limit: container could not join or create cgroup/, ({ linux }) => {
        linux.resources = { pids: { limit: 10 } };
      }],
      [/permission denied/i, ({ linux }) => linux.cgroupsPath = "/runt-rootless"],
    ];
    for (const [message, change] of cases) {
      using bundle = user.bundle((config) => {
        sh("true")(config);
        change(config);
      });
      for (const each of [runtime, runc]) {
        const { code, stderr } = each.run(bundle.directory);
        assertEquals(code, 1, `${each.program}: ${stderr}`);
        assertMatch(stderr, message);
      }
    }
  },
);

testNeeding([...NEEDS, cgroupV1], "--rootless says whether missing cgroups are forgiven", () => {
  using user = new NormalUser();
  using bundle = user.bundle(sh("echo ran"));
  using never = user.runtime(RUNT, ["--rootless", "false"]);
  const refused = never.run(bundle.directory);
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(refused.stderr, /unable to apply cgroup configuration: mkdir .*permission denied/);
  for (const value of ["true", "auto"]) {
    using always = user.runtime(RUNT, ["--rootless", value]);
    assertEquals(always.run(bundle.directory).stdout, "ran\n");
  }
});

testNeeding(
  [...NEEDS, cgroupV1],
  "a container that nothing would hold together is warned of, as by runc",
  () => {
    using user = new NormalUser(), runtime = user.runtime();
    using bundle = user.bundle((config) => {
      sh("echo ran")(config);
      config.linux.namespaces = config.linux.namespaces.filter(({ type }: Config) => type !== "pid");
      config.mounts = config.mounts.filter(({ type }: Config) => type !== "proc");
      config.mounts.unshift({ destination: "/proc", type: "bind", source: "/proc", options: ["rbind"] });
      config.linux.maskedPaths = config.linux.readonlyPaths = [];
    });
    const { stdout, stderr } = runtime.run(bundle.directory);
    assertStringIncludes(stderr, "Creating a rootless container with no cgroup and no private pid namespace");
    assertEquals(stdout, "ran\n", stderr);
  },
);

testNeeding(NEEDS, "a score lower than the user's own is refused, with its place", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle(({ process }) => process.oomScoreAdj = -500);
  const { code, stderr } = runtime.run(bundle.directory);
  assertEquals(code, 1);
  assertMatch(stderr, /process\.oomScoreAdj/);
});

testNeeding(NEEDS, "a normal user's container joins the namespaces of another one of his", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using first = user.bundle((config) => {
    sh("sleep 100")(config);
    config.linux.namespaces.push({ type: "network" });
  });
  const id = runtime.newId();
  runtime.create(first.directory, id);
  // Nobody but root may look at a process that waits for `start`.
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  waitUntil("it runs", () => Deno.readTextFileSync(`/proc/${pid}/comm`) === "sleep\n");
  using second = user.bundle((config) => {
    sh("for n in user net uts ipc pid mnt; do readlink /proc/self/ns/$n; done")(config);
    for (const namespace of config.linux.namespaces) {
      const { type } = namespace;
      if (["user", "uts", "ipc", "pid"].includes(type)) namespace.path = `/proc/${pid}/ns/${type}`;
    }
    config.linux.namespaces.push({ type: "network", path: `/proc/${pid}/ns/net` });
    config.hostname = "";
  });
  const names = ["user", "net", "uts", "ipc", "pid"];
  const expected = names.map((name) => Deno.readLinkSync(`/proc/${pid}/ns/${name}`));
  const seen = runtime.run(second.directory);
  assertEquals(seen.stdout.split("\n").slice(0, 5), expected, seen.stderr);
  assert(seen.stdout.split("\n")[5] !== Deno.readLinkSync(`/proc/${pid}/ns/mnt`));
  runtime.must(["delete", "--force", id]);
});

testNeeding(
  [...NEEDS, program("runc")],
  "root of a user namespace makes containers without one of their own",
  () => {
    using user = new NormalUser();
    using bundle = user.bundle((config) => {
      sh(LOOK)(config);
      config.linux.namespaces = config.linux.namespaces.filter(({ type }: Config) => type !== "user");
      delete config.linux.uidMappings;
      delete config.linux.gidMappings;
      config.process.user.additionalGids = [0];
    });
    const inside = ["unshare", "-Ur", "-m", "-p", "-f", "--mount-proc"];
    const seen = [RUNT, "runc"].map((runtime) =>
      user.run([...inside, runtime, "--root", `${user.directory}/run/r`, "run", "-b", bundle.directory, "x"])
    );
    assertEquals(seen[1]!.code, 0, seen[1]!.stderr);
    assertEquals(seen[0]!.stdout.split("\n"), seen[1]!.stdout.split("\n"), seen[0]!.stderr);
    assertStringIncludes(seen[0]!.stdout, `${USER}          1\ndeny`);
  },
);

testNeeding(NEEDS, "a normal user's container has clocks of its own", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle((config) => {
    sh("cat /proc/uptime")(config);
    config.linux.namespaces.push({ type: "time" });
    config.linux.timeOffsets = { boottime: { secs: 10_000_000 } };
  });
  const { stdout, stderr } = runtime.run(bundle.directory);
  assert(parseFloat(stdout) > 10_000_000, stderr);
});

testNeeding(
  [...NEEDS, program("runc")],
  "a normal user executes processes in his container, as under runc",
  () => {
    using user = new NormalUser(), runt = user.runtime(), runc = user.runtime("runc");
    // The host's network is not joined again: only root may.
    for (const types of [[], ["network", "cgroup"]]) {
      using bundle = user.bundle((config) => {
        sh("sleep 100")(config);
        for (const type of types) {
          if (!config.linux.namespaces.some((each: Config) => each.type === type)) {
            config.linux.namespaces.push({ type });
          }
        }
        config.mounts = config.mounts.filter(({ type }: Config) => type !== "cgroup");
      });
      const seen = [runt, runc].map((runtime) => {
        const id = runtime.newId();
        assertEquals(runtime.create(bundle.directory, id).stderr, "");
        runtime.must(["start", id]);
        const look =
          "id; cat /proc/self/uid_map /proc/self/setgroups; ls /proc/self/fd; grep Cap /proc/self/status; " +
          "for n in user pid net uts ipc mnt cgroup; do [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ]; " +
          "echo $?; done";
        const { stdout, stderr } = runtime.call(["exec", id, "sh", "-c", look]);
        runtime.must(["delete", "--force", id]);
        return [stdout.split("\n"), stderr];
      });
      assertEquals(seen[0], seen[1]);
    }
  },
);

testNeeding(NEEDS, "CVE-2023-25809: the host's cgroups cannot be written in a rootless container", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle(
    sh(
      "n=0; for d in /sys/fs/cgroup/*; do mkdir $d/evil 2>/dev/null && echo made $d; " +
        "[ -e $d/cgroup.procs ] && echo 1 2>/dev/null >$d/cgroup.procs && echo joined $d; n=$((n+1)); done; " +
        "[ $n -gt 1 ] && echo tried; grep -c ' /sys/fs/cgroup[^ ]* ro,' /proc/self/mountinfo",
    ),
  );
  const { stdout, stderr } = runtime.run(bundle.directory);
  assertMatch(stdout, /^tried\n[1-9]\d*\n$/, stderr);
});

testNeeding(NEEDS, "a normal user's container has a terminal of its own", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle((config) => {
    sh("tty; stat -c %u $(tty); readlink /proc/self/fd/0; [ -t 1 ] && echo yes")(config);
    config.process.terminal = true;
  });
  const command = [
    runtime.program,
    "--root",
    runtime.root,
    "run",
    "-b",
    bundle.directory,
    runtime.newId(),
  ] as const;
  using terminal = new TerminalDriver(command);
  assertEquals([terminal.wait(), terminal.shown], [0, "/dev/pts/0\r\n0\r\n/dev/pts/0\r\nyes\r\n"]);
});

testNeeding(TOOLS, "a process of the range is one of the user's own to the host", () => {
  using user = new NormalUser(), runtime = user.runtime();
  using bundle = user.bundle((config) => {
    mapRange(config);
    config.process.user = { uid: 5, gid: 6 };
    sh("sleep 100")(config);
  });
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  waitUntil("it runs", () => Deno.readTextFileSync(`/proc/${pid}/comm`) === "sleep\n");
  assertMatch(Deno.readTextFileSync(`/proc/${pid}/status`), new RegExp(`Uid:\\s+${SUBORDINATE + 4}\\s`));
  assertMatch(Deno.readTextFileSync(`/proc/${pid}/status`), new RegExp(`Gid:\\s+${SUBORDINATE + 5}\\s`));
  assertEquals(Deno.readTextFileSync(`/proc/${pid}/setgroups`), "allow\n");
  assert(COUNT > 5);
  runtime.must(["delete", "--force", id]);
});
