/**
 * A hostile process in a container: what it may not get hold of, nor change, it does not; as under runc.
 *
 * Seen to fail without the defence: have `forbidTracing()` in `libcontainer/init/first_steps.ts` set 1; the watcher then
 * gets hold of `memfd:runt-init` by ptrace, memory and descriptors. Take the `readonly` step out of
 * `libcontainer/init/order.ts`; core_pattern can then be written.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const NEEDS = [root, program("runc")];
const IDS = [{ containerID: 0, hostID: 100_000, size: 65536 }];
const ALL = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT " +
  "SYS_NICE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG"
).split(" ").map((name) => `CAP_${name}`);

function giveAll({ process }: Config): void {
  process.capabilities = { bounding: ALL, effective: ALL, permitted: ALL };
  process.noNewPrivileges = false;
}

/** Root of a user namespace, with all capabilities there. */
function inUserNamespace(config: Config): void {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = config.linux.gidMappings = IDS;
  giveAll(config);
}

const KINDS: readonly (readonly [string, (config: Config) => void])[] = [
  ["root with the usual capabilities", () => {}],
  ["root of a user namespace with all capabilities", inUserNamespace],
];

function ownedBy(bundle: Bundle, change: (config: Config) => void): void {
  if (change === inUserNamespace) run("chown", ["-R", "100000:100000", bundle.rootfs]);
}

/** Builds a program of `probe/` into a root. */
function build(name: string, rootfs: string): void {
  const source = new URL(`./probe/${name}.c`, import.meta.url).pathname;
  const { code, stderr } = run("gcc", ["-O1", "-static", "-o", `${rootfs}/${name}`, source]);
  assertEquals(code, 0, stderr);
}

/** What a watcher in a container gets hold of while processes are executed beside it. */
function watch(runtime: Runtime, change: (config: Config) => void): string[] {
  using bundle = makeBundle((config) => {
    change(config);
    config.process.args = ["/watcher"];
    config.root.readonly = false;
  });
  build("watcher", bundle.rootfs);
  ownedBy(bundle, change);
  const id = runtime.newId(), seen = `${bundle.rootfs}/seen`;
  assertEquals(runtime.create(bundle.directory, id).stderr, "");
  runtime.must(["start", id]);
  waitUntil("it watches", () => run("test", ["-e", seen]).code === 0);
  for (let i = 0; i < 15; i++) runtime.must(["exec", id, "true"], { signal: AbortSignal.timeout(10_000) });
  Deno.writeTextFileSync(`${bundle.rootfs}/stop`, "");
  waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  runtime.must(["delete", "--force", id]);
  return Deno.readTextFileSync(seen).trim().split("\n").sort();
}

for (const [name, change] of KINDS) {
  testNeeding(
    [...NEEDS, program("gcc")],
    `CVE-2016-9962: nothing of a process that joins a container can be got hold of: ${name}`,
    () => {
      for (const runtime of [RUNT, "runc"]) {
        using each = new Runtime(runtime);
        const seen = watch(each, change);
        assertStringIncludes(seen.join("\n"), "rounds many processes some");
        // The program itself is the container's own: only what came before it is hidden.
        const leaks = seen.filter((line) =>
          !line.startsWith("rounds ") && !line.endsWith(" of /bin/busybox")
        );
        assertEquals(leaks, [], seen.join("\n"));
      }
    },
  );
}

/** Attempts at the host; each must fail. Those that would do harm restore nothing: they must not succeed. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  "core pattern": "echo '|/evil' > /proc/sys/kernel/core_pattern",
  "core pattern, /proc/sys made writable":
    "mount -o remount,rw /proc/sys && echo x > /proc/sys/kernel/core_pattern",
  "core pattern, /proc/sys taken away": "umount /proc/sys && echo x > /proc/sys/kernel/core_pattern",
  "module loader": "echo /evil > /proc/sys/kernel/modprobe",
  "magic keys": "echo h > /proc/sysrq-trigger",
  "hotplug helper": "echo /evil > /sys/kernel/uevent_helper",
  "host's memory": "head -c 1 /proc/kcore | grep -q .",
  "host's keys": "grep -q . /proc/keys",
  "firmware": "ls /sys/firmware | grep -q .",
  "release agent of the cgroup":
    "for f in /sys/fs/cgroup/*/release_agent; do echo /evil > $f && exit 0; done; exit 1",
  "release agent, cgroups mounted anew":
    "mkdir /tmp/c && mount -t cgroup -o memory cgroup /tmp/c && echo /evil > /tmp/c/release_agent",
  "release agent, in namespaces of its own": "unshare -U -r -m -C sh -c " +
    "'mkdir /tmp/d; mount -t cgroup -o memory cgroup /tmp/d && echo /evil > /tmp/d/release_agent'",
  "a device of the host": "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk | grep -q .",
  "memory of the host": "mknod /tmp/mem c 1 1 && head -c 1 /tmp/mem | grep -q .",
  "a /proc without masks":
    "unshare -U -r -m -p -f sh -c 'mkdir -p /tmp/p; mount -t proc proc /tmp/p && head -c 1 /tmp/p/kcore | grep -q .'",
  "the host's root": "ls /proc/1/root/usr/sbin/runc",
  "out of the root by ..": "ls /proc/self/cwd/../../../../usr/sbin/runc",
  "the mask of a path": "umount /proc/kcore",
  "the host's name": "echo evil > /proc/sys/kernel/hostname",
};

for (const [name, change] of KINDS) {
  testNeeding(NEEDS, `attempts at the host fail as under runc: ${name}`, () => {
    const pattern = Deno.readTextFileSync("/proc/sys/kernel/core_pattern");
    using bundle = makeBundle();
    const attempts = Object.entries(ATTEMPTS).map(([what, command]) =>
      `(${command}) >/dev/null 2>&1; echo "${what}: $([ $? = 0 ] && echo SUCCEEDED || echo failed)"`
    );
    bundle.update((config) => {
      change(config);
      config.process.args = ["sh", "-c", attempts.join("\n")];
      config.root.readonly = false;
    });
    ownedBy(bundle, change);
    try {
      const [ours, theirs] = [RUNT, "runc"].map((each) => {
        using runtime = new Runtime(each);
        // What an attempt leaves is not to stop the next runtime's.
        run("sh", ["-c", `rm -rf ${bundle.rootfs}/tmp/*`]);
        const { stdout, stderr } = runtime.run(bundle.directory);
        return { lines: stdout.trim().split("\n"), stderr };
      });
      assertEquals(ours!.lines.filter((line) => line.includes("SUCCEEDED")), [], ours!.stderr);
      assertEquals(ours!.lines.length, attempts.length, ours!.stderr);
      assertEquals(ours!.lines, theirs!.lines);
    } finally {
      // Were it not denied, it would be the host's.
      if (Deno.readTextFileSync("/proc/sys/kernel/core_pattern") !== pattern) {
        Deno.writeTextFileSync("/proc/sys/kernel/core_pattern", pattern);
      }
    }
  });
}

testNeeding(
  [...NEEDS, program("gcc")],
  "a set-user-id file on a shared mount makes nobody the host's root",
  () => {
    for (const runtime of [RUNT, "runc"]) {
      using bundle = makeBundle(), each = new Runtime(runtime);
      const shared = `${bundle.directory}/shared`;
      build("effective_uid", bundle.rootfs);
      Deno.mkdirSync(shared, { mode: 0o777 });
      Deno.chmodSync(shared, 0o777);
      bundle.update((config) => {
        inUserNamespace(config);
        config.mounts.push({ destination: "/shared", type: "bind", source: shared, options: ["bind", "rw"] });
        config.process.args = [
          "sh",
          "-c",
          "cp /effective_uid /shared/id && chmod 4755 /shared/id && stat -c '%u %a' /shared/id",
        ];
      });
      ownedBy(bundle, inUserNamespace);
      const { stdout, stderr } = each.run(bundle.directory);
      assertEquals(stdout, "0 4755\n", stderr);
      // Who executes it on the host becomes whom the container's root is there.
      assertEquals(Deno.statSync(`${shared}/id`).uid, 100_000);
      const asNobody = run("setpriv", ["--reuid", "65534", "--clear-groups", `${shared}/id`]);
      assertEquals(asNobody.stdout, "100000\n", asNobody.stderr);

      // And in a container, no_new_privs and nosuid keep a user what he is.
      bundle.update((config) => {
        config.process.user = { uid: 1000, gid: 1000 };
        config.mounts.push({
          destination: "/shared",
          type: "bind",
          source: shared,
          options: ["bind", "nosuid"],
        });
        config.process.noNewPrivileges = false;
        config.process.args = ["/shared/id"];
      });
      run("chown", ["0:0", `${shared}/id`]);
      run("chmod", ["4755", `${shared}/id`]);
      assertEquals(each.run(bundle.directory).stdout, "1000\n");
      bundle.update((config) => {
        config.process.user = { uid: 1000, gid: 1000 };
        config.mounts.push({ destination: "/shared", type: "bind", source: shared, options: ["bind"] });
        config.process.args = ["/shared/id"];
      });
      assertEquals(each.run(bundle.directory).stdout, "1000\n");
    }
  },
);

testNeeding(
  [...NEEDS, program("gcc")],
  "a container has none of its caller's keys, but with --no-new-keyring",
  () => {
    using bundle = makeBundle((config) => config.process.args = ["/session_keyring"]);
    build("session_keyring", bundle.rootfs);
    const look = (program: string, flags: string[]) => {
      using runtime = new Runtime(program);
      const command = [
        program,
        "--root",
        runtime.root,
        "run",
        "-b",
        bundle.directory,
        ...flags,
        runtime.newId(),
      ];
      const { stdout, stderr } = run(`${bundle.rootfs}/session_keyring`, command);
      assertEquals(stderr, "");
      return stdout.replace(/_ses\..*/, "_ses.ID");
    };
    for (const program of [RUNT, "runc"]) {
      assertEquals(look(program, []), "keyring;0;0;3f1b0000;_ses.ID\nhidden\n", program);
      assertEquals(look(program, ["--no-new-keyring"]).split("\n")[1], "found", program);
    }
  },
);

testNeeding(NEEDS, "what a container mounts, the host does not see", () => {
  using bundle = makeBundle((config) => {
    giveAll(config);
    config.root.readonly = false;
    config.process.args = ["sh", "-c", "mount -t tmpfs hostile /tmp && mount --bind /bin /etc && sleep 100"];
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(bundle.directory, id);
  runtime.must(["start", id]);
  const { pid } = runtime.state(id);
  waitUntil("it has mounted", () => Deno.readTextFileSync(`/proc/${pid}/mountinfo`).includes(" hostile "));
  assertEquals(Deno.readTextFileSync("/proc/self/mountinfo").includes("hostile"), false);
  runtime.must(["delete", "--force", id]);
});
