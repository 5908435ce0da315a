/**
 * Containers without a mount namespace of their own: their mounts are made among the caller's, and are gone with them;
 * nothing else of these changes. The caller's are those of a namespace that each test makes for itself.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { PrivateMounts } from "../support/private_mounts.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";
import { placesIn, tampering } from "../support/tampering.ts";

const NEEDS = [root, program("unshare"), program("nsenter")];

/** The bundle is on a shared mount, as a host's are where systemd is; below its root something is mounted already. */
const SHARED =
  'mount --bind "$1" "$1" && mount --make-shared "$1" && mkdir -p "$1/rootfs/sub" "$1/volume/in" &&' +
  'mount -t tmpfs sub "$1/rootfs/sub" && mount -t tmpfs in "$1/volume/in"';

function withoutMount(config: Config): void {
  const { linux } = config;
  linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "mount");
  delete linux.maskedPaths;
  delete linux.readonlyPaths;
  config.process.args = ["sleep", "1000"];
}

function test(name: string, body: (bundle: Bundle, mounts: PrivateMounts, runtime: Runtime) => void): void {
  testNeeding(NEEDS, name, () => {
    using bundle = makeBundle(withoutMount);
    using mounts = new PrivateMounts(SHARED, bundle.directory);
    using runtime = new Runtime(mounts.runt);
    body(bundle, mounts, runtime);
  });
}

function start(runtime: Runtime, { directory }: Bundle): string {
  const id = runtime.newId(), { code, stderr } = runtime.create(directory, id);
  assertEquals(code, 0, stderr);
  runtime.must(["start", id]);
  return id;
}

/** Fields of mountinfo from the propagation on are left out where they name peer groups, which each runtime has others of. */
function mountsInside(text: string): string[] {
  return text.trim().split("\n").map((line) => line.replace(/ (shared|master):\d+/g, "")).sort();
}

test("the mounts are the caller's, below the root, and go with the container", (bundle, mounts, runtime) => {
  bundle.update((config) => {
    withoutMount(config);
    const source = `${bundle.directory}/volume`;
    config.mounts.push(
      { destination: "/volume", type: "bind", source, options: ["rbind", "rshared"] },
      { destination: "/volume/in/deep", type: "tmpfs", source: "deep" },
    );
  });
  const peer = mounts.peer(), before = mounts.mountinfo(), peerBefore = mounts.mountinfo(peer);
  const id = start(runtime, bundle), during = mounts.mountinfo();
  const { pid } = runtime.state(id);
  assertEquals(Deno.readLinkSync(`/proc/${pid}/ns/mnt`), Deno.readLinkSync(`/proc/${mounts.pid}/ns/mnt`));
  assert(during.startsWith(before.slice(0, -1)), "no line of before is another one now");
  const added = during.slice(before.length).trim().split("\n");
  assert(added.every((line) => line.split(" ")[4]!.startsWith(bundle.rootfs)), added.join("\n"));
  assertMatch(during, /\/rootfs\/proc .* - proc /);
  // What the container mounts in a volume, and what it takes off, is not so in the volume's source.
  assert(!during.includes(`${bundle.directory}/volume/in/deep`));
  // One directory, with nothing on it.
  assertEquals(mounts.mountinfo(peer).trim().split("\n").length, peerBefore.trim().split("\n").length + 1);
  // But for what state leaves, nothing that answers would do less than runt.
  const files = Deno.readDirSync(`${runtime.root}/${id}`).map(({ name }) => name).toArray().sort();
  assertEquals(files, ["state.answer", "state.json"]);
  runtime.must(["kill", id, "KILL"]);
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  assertEquals(mounts.mountinfo(), during, "they stay until it is deleted");
  runtime.must(["delete", id]);
  assertEquals(mounts.mountinfo(), before);
  assertEquals(mounts.mountinfo(peer), peerBefore);
  runtime.must(["delete", "--force", id]);
});

testNeeding(
  [...NEEDS, program("runc")],
  "its program sees what it sees under runc, and after run all is gone",
  () => {
    using bundle = makeBundle((config) => {
      withoutMount(config);
      config.process.args = ["sh", "-c", "ls -a / /dev; cut -d' ' -f4- /proc/self/mountinfo; id; pwd"];
      config.root.readonly = false;
    });
    using mounts = new PrivateMounts("true");
    using runtime = new Runtime(mounts.runt);
    const before = mounts.mountinfo();
    const ours = [[], ["--no-pivot"]].map((flags) => {
      const { stdout } = runtime.must(["run", "-b", bundle.directory, ...flags, "same"]);
      assertEquals(mounts.mountinfo(), before);
      return mountsInside(stdout);
    });
    // It leaves its mounts: in a namespace that is gone with it.
    const theirs = run("unshare", [
      "--mount",
      "--propagation",
      "private",
      "runc",
      "--root",
      `${runtime.root}/runc`,
      "run",
      "-b",
      bundle.directory,
      "same",
    ]);
    assert(ours[0]!.length > 20, ours[0]!.join("\n"));
    assertEquals(ours[0], mountsInside(theirs.stdout), theirs.stderr);
    assertEquals(ours[1], ours[0]);
  },
);

test(
  "exec is in the container's root, and nowhere where that is another mount by now",
  (bundle, mounts, runtime) => {
    const id = start(runtime, bundle);
    const inside = ["exec", id, "sh", "-c", "stat -c %i / /proc/1/root/; pwd; ls /"];
    const { stdout } = runtime.must(inside);
    const [own, inits, cwd, ...names] = stdout.trim().split("\n");
    assertEquals([own, cwd], [inits, "/"]);
    assertEquals(names, [...Deno.readDirSync(bundle.rootfs)].map(({ name }) => name).sort());
    assertEquals(runtime.must(inside).stdout, stdout);
    assertEquals(runtime.must(inside).stdout, stdout, "nor by an answer");
    assertStringIncludes(
      runtime.call(["exec", "--cwd", "/proc/self/fd/7", id, "pwd"]).stderr,
      "chdir to cwd",
    );
    mounts.sh('mount -t tmpfs other "$1"', bundle.rootfs);
    const { code, stderr } = runtime.call(inside);
    assertEquals(code, 255);
    assertStringIncludes(stderr, "it is not the root of the container any more");
  },
);

test("what the container has put on its root goes, too", (bundle, mounts, runtime) => {
  bundle.update((config) => {
    withoutMount(config);
    for (const set of Object.values<string[]>(config.process.capabilities)) set.push("CAP_SYS_ADMIN");
    config.process.args = ["sh", "-c", "mount -t tmpfs a / && mount -t tmpfs b / && exec sleep 1000"];
  });
  const before = mounts.mountinfo(), id = start(runtime, bundle);
  waitUntil("it has mounted", () => / - tmpfs b /.test(mounts.mountinfo()));
  runtime.must(["delete", "--force", id]);
  assertEquals(mounts.mountinfo(), before);
});

test("what a hook has bound below the root goes alone", (bundle, mounts, runtime) => {
  const { directory, rootfs } = bundle;
  bundle.update((config) => {
    withoutMount(config);
    const args = ["mount", "--rbind", `${directory}/volume`, `${rootfs}/tmp`];
    config.hooks = { createRuntime: [{ path: "/usr/bin/mount", args }] };
  });
  const before = mounts.mountinfo(), id = start(runtime, bundle);
  // A peer of its source, which nobody made a slave.
  assertMatch(mounts.mountinfo(), /rootfs\/tmp\/in .* shared:/);
  runtime.must(["delete", "--force", id]);
  assertEquals(mounts.mountinfo(), before);
});

test("what somebody else has mounted there stays", (bundle, mounts, runtime) => {
  const id = start(runtime, bundle);
  mounts.sh(
    'umount -l "$1"; umount -l "$1"; mount -t tmpfs other "$1"; mount -t tmpfs other "$1"',
    bundle.rootfs,
  );
  const before = mounts.mountinfo();
  runtime.must(["delete", "--force", id]);
  assertEquals(mounts.mountinfo(), before);
  mounts.sh('umount "$1"; umount "$1"', bundle.rootfs);
  const hidden = start(runtime, bundle);
  mounts.sh('mount -t tmpfs hides "$1"', bundle.directory);
  const during = mounts.mountinfo();
  assertStringIncludes(
    runtime.call(["delete", "--force", hidden]).stderr,
    "something else is mounted over it",
  );
  assertEquals(mounts.mountinfo(), during);
  mounts.sh('umount "$1"', bundle.directory);
  runtime.must(["delete", "--force", hidden]);
});

test("a run that was killed is deleted by force", (bundle, mounts, runtime) => {
  const before = mounts.mountinfo(), id = runtime.newId();
  const args = ["--root", runtime.root, "run", "-b", bundle.directory, id];
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(mounts.runt, { args, ...streams }).spawn();
  child.unref();
  waitUntil("it runs", () => /"status":\s*"running"/.test(runtime.call(["state", id]).stdout));
  child.kill("SIGKILL");
  runtime.must(["delete", "--force", id]);
  assertEquals(mounts.mountinfo(), before);
});

test("a state file that is damaged still says where the mounts are", (bundle, mounts, runtime) => {
  const before = mounts.mountinfo(), id = start(runtime, bundle), file = `${runtime.root}/${id}/state.json`;
  Deno.writeTextFileSync(file, Deno.readTextFileSync(file).slice(0, -1));
  runtime.must(["delete", "--force", id]);
  assertEquals(mounts.mountinfo(), before);
});

test("a create that fails leaves nothing", (bundle, mounts, runtime) => {
  const before = mounts.mountinfo();
  const changes: ((config: Config) => void)[] = [
    ({ process }) => process.args = ["missing"],
    ({ mounts }) => mounts.push({ destination: "/x", type: "bind", source: "/missing", options: ["bind"] }),
    (config) => config.hooks = { createRuntime: [{ path: "/bin/false" }] },
    (config) => config.hooks = { createContainer: [{ path: "/bin/false" }] },
  ];
  for (const change of changes) {
    bundle.update((config) => {
      withoutMount(config);
      change(config);
    });
    assertEquals(runtime.create(bundle.directory, runtime.newId()).code, 1);
    assertEquals(mounts.mountinfo(), before);
    assertEquals(runtime.run(bundle.directory).code, 1);
    assertEquals(mounts.mountinfo(), before);
  }
});

testNeeding(
  [...NEEDS, program("strace")],
  "killed at any call, create leaves what delete --force removes",
  () => {
    using bundle = makeBundle(withoutMount);
    using mounts = new PrivateMounts(SHARED, bundle.directory);
    using runtime = new Runtime(mounts.runt);
    const before = mounts.mountinfo(), log = `${runtime.root}/log`;
    const create = (flags: string[], id: string) =>
      run(mounts.wrap("strace"), [
        "-D",
        ...flags,
        RUNT,
        "--root",
        runtime.root,
        "create",
        "-b",
        bundle.directory,
        id,
      ], {
        stdout: "null",
        stderr: "null",
      });
    const first = runtime.newId();
    create(["-f", "-o", log], first);
    runtime.must(["delete", "--force", first]);
    waitUntil(
      "strace has written its log",
      () => Deno.readTextFileSync(log).includes("+++ killed by SIGKILL +++"),
    );
    const text = Deno.readTextFileSync(log);
    // Around the mounts every call.
    const places = [...placesIn(text, "config.json", 40), ...placesIn(text, "open_tree", 40)];
    Deno.removeSync(log);
    let left = 0;
    for (const place of places) {
      for (const what of ["signal=SIGKILL", "error=EIO"]) {
        const id = runtime.newId(), { code } = create(tampering(place, what), id);
        // One that failed has undone all itself, unless it was the undoing that failed.
        if (mounts.mountinfo() !== before) left++;
        if (code === 0 || what.startsWith("signal")) runtime.must(["delete", "--force", id]);
        else runtime.call(["delete", "--force", id]);
        waitUntil(`nothing is left of ${place} ${what}`, () => mounts.mountinfo() === before);
      }
    }
    assert(left > 10, `only ${left} left mounts`);
  },
);

test("what cannot be without a mount namespace is refused by name", (bundle, mounts, runtime) => {
  const before = mounts.mountinfo();
  const refused = (text: string, change: (config: Config) => void, flags: string[] = []) => {
    bundle.update((config) => {
      withoutMount(config);
      change(config);
    });
    const { code, stderr } = runtime.call([...flags, "run", "-b", bundle.directory, runtime.newId()]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, text);
    assertEquals(mounts.mountinfo(), before);
  };
  const restrict = "unable to restrict sys entries without a private MNT namespace";
  refused(restrict, ({ linux }) => linux.maskedPaths = ["/proc/kcore"]);
  refused(restrict, ({ linux }) => linux.readonlyPaths = ["/proc/sys"]);
  refused("a container with a user namespace needs a mount namespace", ({ linux }) => {
    linux.namespaces.push({ type: "user" });
    linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65536 }];
  });
  refused("cannot have the host's root as its own", ({ root }) => root.path = "/");
  refused("self mode needs a container with a mount namespace", () => {}, ["--init=self"]);
});

test(
  "the caller's own namespace by its path is refused: its root would be replaced",
  (bundle, mounts, runtime) => {
    bundle.update((config) => {
      withoutMount(config);
      config.linux.namespaces.push({ type: "mount", path: `/proc/${mounts.pid}/ns/mnt` });
    });
    const before = mounts.mountinfo(), { code, stderr } = runtime.create(bundle.directory, runtime.newId());
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the caller's own mount namespace cannot get another root");
    assertEquals(mounts.mountinfo(), before);
  },
);
