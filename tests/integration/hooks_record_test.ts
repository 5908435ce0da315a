/**
 * What hooks see, under runt and under runc.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Config } from "../support/bundle.ts";
import { type HookBundle, KINDS, makeHookBundle, recordingHook, type Sight } from "../support/hooks.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const SPACES = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];

/** One hook of each kind. */
function allKinds(part: object = {}, change: (config: Config) => void = () => {}): HookBundle {
  return makeHookBundle((config, bundle) => {
    // Longer than any hook takes: poststart hooks shall see it running.
    config.process.args = ["sh", "-c", "usleep 700000"];
    config.process.user = { uid: 0, gid: 0 };
    config.annotations = { "org.example.a": 'b "<c>"' };
    config.hooks = {};
    for (const kind of KINDS) config.hooks[kind] = [recordingHook(bundle, kind, kind, part)];
    change(config);
  });
}

/** A namespace as it is to the test: the host's, or another. */
function relative(sight: Sight, name: string): string {
  return sight[name] === Deno.readLinkSync(`/proc/self/ns/${name}`) ? "host's" : "container's";
}

/** What can be compared between two runs: no pid, no name of the container, no number of a namespace. */
function comparable(sight: Sight, id: string): Sight {
  const state = JSON.parse(sight.state!);
  assert(state.id === id);
  const rest = Object.fromEntries(
    Object.entries(sight).map(([key, value]) => [key, value.replaceAll(id, "ID")]),
  );
  for (const name of SPACES) if (name !== "cgroup") rest[name] = relative(sight, name);
  delete rest.state;
  // Real-time signals are what the caller made of them.
  rest.signals = rest.signals!.replace(/[0-9a-f]{9}([0-9a-f]{7})$/gm, "$1");
  return { ...rest, state: JSON.stringify({ ...state, id: "ID", pid: state.pid > 1 ? "PID" : state.pid }) };
}

function recordOf(program: string, bundle: HookBundle): Record<string, Sight> {
  using runtime = new Runtime(program);
  bundle.clear();
  const id = runtime.newId();
  runtime.must(["run", "-b", bundle.directory, id]);
  return Object.fromEntries(KINDS.map((kind) => [kind, comparable(bundle.sight(kind), id)]));
}

testNeeding([root, program("runc")], "hooks of every kind see under runt what they see under runc", () => {
  for (const part of [{}, { env: undefined }, { env: [] }] as { env?: string[] | undefined }[]) {
    using bundle = allKinds(part);
    const ours = recordOf(RUNT, bundle), theirs = recordOf("runc", bundle);
    for (const kind of KINDS) {
      const mine = { ...ours[kind] }, other = { ...theirs[kind] };
      const state = JSON.parse(mine.state!), otherState = JSON.parse(other.state!);
      assertEquals(state.ociVersion, "1.3.0");
      // runc 1.1 runs poststart hooks while it creates; runc 1.5 and runt after the start.
      if (kind === "poststart") otherState.status = "running";
      assertEquals({ ...state, ociVersion: 0 }, { ...otherState, ociVersion: 0 }, kind);
      delete mine.state;
      delete other.state;
      // runc 1.1 leaves descriptors of its own open in createContainer hooks.
      if (kind === "createContainer") delete mine.descriptors, delete other.descriptors;
      // As runc 1.5, not as 1.1: these hooks have no environment if they say none; those have the program's, also if
      // they say an empty one.
      if (kind === "createContainer" && "env" in part || kind === "startContainer" && part.env) {
        delete mine.environment, delete other.environment;
      }
      assertEquals(mine, other, `${kind} with ${JSON.stringify(part)}`);
    }
  }
});

testNeeding(
  [root, program("runc")],
  "hooks of a container with a user namespace see what they see under runc",
  () => {
    const ids = [{ containerID: 0, hostID: 100000, size: 65536 }];
    using bundle = allKinds({}, ({ linux }) => {
      linux.namespaces.push({ type: "user" });
      Object.assign(linux, { uidMappings: ids, gidMappings: ids });
    });
    Deno.chownSync(bundle.rootfs, 100000, 100000);
    const ours = recordOf(RUNT, bundle), theirs = recordOf("runc", bundle);
    for (const kind of ["prestart", "createRuntime", "createContainer", "startContainer"]) {
      const { state: _, descriptors: _own, ...mine } = ours[kind]!;
      const { state: _other, descriptors: _theirs, ...other } = theirs[kind]!;
      assertEquals(mine, other, kind);
    }
    assertEquals(ours.createContainer!.user, "container's");
  },
);

testNeeding([root], "hooks have their place, their state and their namespaces", () => {
  using bundle = allKinds();
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.must(["run", "-b", bundle.directory, id]);
  assertEquals(bundle.order(), [...KINDS]);
  const expected: Record<string, [status: string, pid: unknown, spaces: string, directory: string]> = {
    prestart: ["creating", "number", "host's", bundle.directory],
    createRuntime: ["creating", "number", "host's", bundle.directory],
    createContainer: ["creating", 1, "container's", bundle.rootfs],
    startContainer: ["created", 1, "container's", "/"],
    poststart: ["running", "number", "host's", bundle.directory],
    poststop: ["stopped", undefined, "host's", bundle.directory],
  };
  for (const kind of KINDS) {
    const sight = bundle.sight(kind), state = JSON.parse(sight.state!);
    const [status, pid, spaces, directory] = expected[kind]!;
    assertEquals([state.status, state.bundle, state.id], [status, bundle.directory, id], kind);
    assertEquals(state.annotations, { "org.example.a": 'b "<c>"' });
    if (pid === "number") assert(state.pid > 1, kind);
    else assertEquals(state.pid, pid, kind);
    for (const name of ["ipc", "mnt", "net", "pid", "uts"]) {
      assertEquals(relative(sight, name), spaces, `${name} of ${kind}`);
    }
    assertEquals(sight.directory, directory, kind);
    assertEquals(sight.arguments, `${kind} ${kind === "startContainer" ? "/records" : bundle.records}`);
    assertEquals(sight.descriptors, "0 1 2 3", `ls has one open itself; ${kind}`);
    const environment = sight.environment!.split("\n").filter((line) => !line.startsWith("PWD="));
    assertEquals(environment.sort(), ["A=1", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
    // SIGPIPE and all the others of signal(7); what the caller does to real-time signals is its own affair.
    const signals = sight.signals!.split("\n").slice(0, 2).map((line) => Number(`0x${line.split("\t")[1]}`));
    assertEquals(
      signals.map((mask) => mask & 0x7fffffff),
      [0, 0],
      `no signal is blocked or ignored for ${kind}`,
    );
  }
});

testNeeding([root], "hooks of a container that create and start make, and delete removes", () => {
  using bundle = allKinds();
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  assertEquals(bundle.order(), ["prestart", "createRuntime", "createContainer"]);
  runtime.must(["start", id], { cwd: "/tmp" });
  // The two are run side by side.
  const started = ["startContainer", "poststart"];
  waitUntil("both were run", () => started.every((kind) => bundle.order().includes(kind)));
  assertEquals(bundle.order().slice(3).sort(), started.toSorted());
  assertEquals(bundle.sight("poststart").directory, "/tmp");
  // What is needed later does not depend on the bundle.
  Deno.removeSync(`${bundle.directory}/config.json`);
  runtime.must(["delete", "--force", id], { cwd: "/usr" });
  assertEquals(bundle.order().slice(5), ["poststop"]);
  const sight = bundle.sight("poststop"), { pid, status } = JSON.parse(sight.state!);
  assertEquals([pid, status, sight.directory], [undefined, "stopped", "/usr"]);
});

testNeeding([root], "several hooks of a kind are run in their order, each with the whole state", () => {
  using bundle = makeHookBundle((config, bundle) => {
    config.process.args = ["true"];
    config.hooks = {};
    for (const kind of KINDS) {
      config.hooks[kind] = [1, 2, 3].map((number) => recordingHook(bundle, kind, `${kind}${number}`));
    }
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).code, 0);
  assertEquals(bundle.order(), KINDS.flatMap((kind) => [1, 2, 3].map((number) => kind + number)));
  for (const kind of KINDS) {
    for (const number of [2, 3]) {
      assertEquals(bundle.sight(kind + number).state, bundle.sight(`${kind}1`).state);
    }
  }
});

testNeeding(
  [root],
  "hooks inside have the rights of the container's program, or of its root while it is made",
  () => {
    using bundle = makeHookBundle((config, bundle) => {
      config.process.args = ["true"];
      config.process.user = { uid: 1000, gid: 1000 };
      config.process.cwd = "/tmp";
      config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 77, hard: 99 }];
      config.process.noNewPrivileges = true;
      config.process.env = ["PATH=/bin", "FROM=program"];
      config.hooks = {
        createContainer: [recordingHook(bundle, "createContainer")],
        startContainer: [recordingHook(bundle, "startContainer", "startContainer", { env: undefined })],
      };
    });
    using runtime = new Runtime();
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals([code, stderr], [0, ""]);
    const { rights = "", directory, files, environment = "", umask } = bundle.sight("startContainer");
    assert(/Uid:\t1000\t1000/.test(rights) && /NoNewPrivs:\t1/.test(rights), rights);
    assert(/CapEff:\t0{16}/.test(rights), rights);
    assertEquals([directory, files, umask], ["/tmp", "77", "0022"]);
    assert(environment.split("\n").includes("FROM=program"), environment);
    const made = bundle.sight("createContainer");
    assert(/Uid:\t0\t0/.test(made.rights!) && /NoNewPrivs:\t0/.test(made.rights!), made.rights);
    assert(made.files !== "77");
  },
);

testNeeding([root], "a hook may change the mounts and the cgroup that the container will have", () => {
  using bundle = makeHookBundle((config, bundle) => {
    config.process.args = ["sh", "-c", "cat /tmp/from_hook; cat /records/limit"];
    const mount = `mount -t tmpfs none ${bundle.rootfs}/tmp && echo hello > ${bundle.rootfs}/tmp/from_hook`;
    config.hooks = {
      createRuntime: [{
        path: "/bin/sh",
        args: [
          "sh",
          "-c",
          `pid=$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/'); nsenter -t $pid -m sh -c '${mount}'; ` +
          `grep -c . /proc/$pid/cgroup > ${bundle.records}/limit`,
        ],
        env: ["PATH=/usr/bin:/bin"],
      }],
    };
  });
  using runtime = new Runtime();
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n")[0], "hello");
});

testNeeding(
  [root, program("runc")],
  "startContainer hooks have the program's filter of system calls, as under runc",
  () => {
    for (const noNewPrivileges of [true, false]) {
      using bundle = makeHookBundle((config, bundle) => {
        config.process.args = ["true"];
        config.process.noNewPrivileges = noNewPrivileges;
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names: ["umask"], action: "SCMP_ACT_ERRNO", errnoRet: 1 }],
        };
        config.hooks = {
          createContainer: [recordingHook(bundle, "createContainer")],
          startContainer: [recordingHook(bundle, "startContainer")],
        };
      });
      const seen = [RUNT, "runc"].map((program) => {
        using runtime = new Runtime(program);
        bundle.clear();
        runtime.must(["run", "-b", bundle.directory, runtime.newId()]);
        return ["createContainer", "startContainer"].map((kind) => {
          return /^Seccomp:.*$/m.exec(bundle.sight(kind).rights!)?.[0];
        });
      });
      assertEquals(seen[0], ["Seccomp:\t0", "Seccomp:\t2"]);
      assertEquals(seen[0], seen[1]);
    }
  },
);

testNeeding(
  [root],
  "a dozen startContainer hooks with a large environment are run; more are refused by name",
  () => {
    const many = (count: number, size: number) =>
      makeHookBundle((config, bundle) => {
        config.process.args = ["true"];
        config.process.env.push(...Array.from({ length: size }, (_, i) => `V${i}=${"x".repeat(100)}`));
        config.hooks = {
          createContainer: Array.from({ length: 40 }, () => ({ path: "/bin/true" })),
          startContainer: Array.from(
            { length: count },
            (_, i) => recordingHook(bundle, "startContainer", `hook${i}`, { env: undefined, timeout: 60 }),
          ),
          poststop: [recordingHook(bundle, "poststop")],
        };
      });
    for (const size of [20, 1500]) {
      using bundle = many(12, size);
      using runtime = new Runtime();
      const { code, stderr } = runtime.run(bundle.directory);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(bundle.order().length, 13);
      assert(bundle.sight("hook11").environment!.includes(`V${size - 1}=xxx`));
    }
    if (Deno.env.get("RUNT_INIT") === "self") return;
    using bundle = many(13, 1);
    using runtime = new Runtime();
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals([code, bundle.order()], [1, ["poststop"]]);
    assertStringIncludes(stderr, "hooks.startContainer: cannot run more than 12 startContainer hooks");
  },
);
