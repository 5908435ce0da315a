/**
 * What a bind mount's options make of the attributes that its source has on the host, and where a mount comes to lie.
 * Needs root.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";

const MAPPED = ({ linux }: Config) => {
  linux.namespaces.push({ type: "user" });
  linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65536 }];
};

/** A tmpfs of the host with attributes, for the time of a test. */
function withMount(attributes: string, test: (path: string) => void): void {
  const path = Deno.makeTempDirSync({ prefix: "runt-source-" });
  run("mount", ["-t", "tmpfs", "tmpfs", path]);
  try {
    assertEquals(run("mount", ["--bind", "-o", `remount,${attributes}`, path]).code, 0);
    test(path);
  } finally {
    run("umount", [path]);
    Deno.removeSync(path);
  }
}

/** The attributes that a container sees on its bind mount, or what the runtime has to say. */
function bound(source: string, options: string, change: (config: Config) => void = () => {}): string {
  using bundle = makeBundle((config) => {
    config.mounts.push({ destination: "/mnt", type: "bind", source, options: options.split(",") });
    config.process.args = ["sh", "-c", "grep ' /mnt ' /proc/self/mountinfo | cut -d' ' -f6"];
    change(config);
  });
  Deno.mkdirSync(`${bundle.rootfs}/mnt`);
  using runtime = new Runtime(RUNT);
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  return code === 0 ? stdout.trim() : stderr;
}

testNeeding(
  [root],
  "what the host has mounted below the root directory is there for the container, too",
  () => {
    using bundle = makeBundle((config) => config.process.args = ["cat", "/mnt/below"]);
    const path = `${bundle.rootfs}/mnt`;
    Deno.mkdirSync(path);
    run("mount", ["-t", "tmpfs", "tmpfs", path]);
    try {
      Deno.writeTextFileSync(`${path}/below`, "seen");
      using runtime = new Runtime(RUNT);
      assertEquals(runtime.run(bundle.directory), { code: 0, stdout: "seen", stderr: "" });
    } finally {
      run("umount", [path]);
    }
  },
);

testNeeding([root], "nosymfollow of the host goes like other attributes when options are given", () => {
  withMount("nosymfollow,noexec", (source) => {
    assertEquals(bound(source, "bind"), "rw,noexec,relatime,nosymfollow");
    assertEquals(bound(source, "bind,ro"), "ro,relatime");
    // It is not among those that a user namespace locks.
    assertEquals(bound(source, "bind,ro", MAPPED), "ro,noexec,relatime");
    assertEquals(bound(source, "bind,nosymfollow"), "rw,relatime,nosymfollow");
  });
});

testNeeding(
  [root],
  "an attribute that a user namespace locks is refused in runc's words, in runc's order",
  () => {
    withMount("ro", (source) => {
      assertMatch(
        bound(source, "bind,rw", MAPPED),
        /error during container init: error mounting \\".*\\" to rootfs at \\"\/mnt\\": mounts\[7\]: .*operation not permitted/,
      );
    });
  },
);

testNeeding(
  [root],
  "a destination that begins with the host's path of the rootfs is the place that it names",
  () => {
    using bundle = makeBundle();
    const { rootfs } = bundle;
    const bind = (source: string, destination: string) => ({
      source,
      destination,
      type: "bind",
      options: ["bind"],
    });
    bundle.update((config) => {
      // The third shows what the second has bound, on top of the first.
      config.mounts.push(bind(`${rootfs}/etc`, `${rootfs}/tmp`), bind("/dev/null", `${rootfs}/tmp/passwd`));
      config.mounts.push({ ...bind(`${rootfs}/tmp`, "/var"), options: ["rbind"] });
      config.process.args = ["sh", "-c", "stat -c '%n %F' /tmp/passwd /var/passwd; ls /"];
    });
    using runtime = new Runtime(RUNT);
    const { stdout } = runtime.must(["run", "-b", bundle.directory, runtime.newId()]);
    const special = "character special file";
    assertEquals(stdout.split("\n").slice(0, 2), [`/tmp/passwd ${special}`, `/var/passwd ${special}`]);
    assertEquals(stdout.split("\n").slice(2).includes("tmp"), true);
    assertEquals(run("ls", [`${rootfs}${rootfs}`]).code, 2, "nothing was made of it in the rootfs");
  },
);

testNeeding([root], "recursive options hold for a file system that is mounted anew, too", () => {
  using bundle = makeBundle((config) => {
    const mount = { type: "tmpfs", source: "tmpfs" };
    config.mounts.push({ ...mount, destination: "/tmp", options: ["rro", "rnoexec"] });
    config.mounts.push({ type: "proc", source: "proc", destination: "/mnt", options: ["rro", "rnosuid"] });
    config.mounts.push({ ...mount, destination: "/opt", options: ["rro", "rrw"] });
    config.process.args = ["sh", "-c", "grep -E ' /(tmp|mnt|opt) ' /proc/self/mountinfo | cut -d' ' -f5,6"];
  });
  using runtime = new Runtime(RUNT);
  const { stdout } = runtime.must(["run", "-b", bundle.directory, runtime.newId()]);
  assertEquals(stdout, "/tmp ro,noexec,relatime\n/mnt ro,nosuid,relatime\n/opt rw,relatime\n");
});

testNeeding([root], "2,000 mounts need no more descriptors than a process may have", () => {
  using bundle = makeBundle((config) => {
    const mount = { destination: "/tmp", type: "tmpfs", source: "tmpfs" };
    config.mounts.push(...new Array(2000).fill(mount));
    config.process.rlimits = [];
    config.process.args = ["sh", "-c", "grep -c ' /tmp ' /proc/self/mountinfo; ls /proc/self/fd | wc -l"];
  });
  using runtime = new Runtime(RUNT);
  // Self mode needs them all: Deno has descriptors of its own there.
  const limited = [
    "-c",
    'ulimit -n 512; exec "$@"',
    "sh",
    RUNT,
    "--root",
    runtime.root,
    "run",
    "-b",
    bundle.directory,
  ];
  const { code, stdout, stderr } = run("sh", [...limited, runtime.newId()], { env: { RUNT_INIT: "image" } });
  assertEquals([code, stdout], [0, "2000\n4\n"], stderr);
});

testNeeding([root], "what tmpcopyup has no room for is an error, not a file that is cut off", () => {
  using bundle = makeBundle((config) => {
    const options = ["tmpcopyup", "size=64k", "mode=755"];
    config.mounts.push({ destination: "/data", type: "tmpfs", source: "tmpfs", options });
    config.process.args = ["ls", "-l", "/data"];
  });
  Deno.mkdirSync(`${bundle.rootfs}/data`);
  Deno.writeFileSync(`${bundle.rootfs}/data/large`, new Uint8Array(1 << 20));
  using runtime = new Runtime(RUNT);
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /error mounting \\"tmpfs\\" to rootfs at \\"\/data\\": .*no space left on device/);
});

testNeeding([root], "sources and options that are long in bytes alone, or long sources, are mounted", () => {
  const long = "ж".repeat(100);
  using bundle = makeBundle();
  for (const name of [`/${long}`, "/other"]) Deno.mkdirSync(bundle.directory + name);
  Deno.writeTextFileSync(`${bundle.directory}/${long}/seen`, "");
  Deno.mkdirSync(`${bundle.rootfs}/mnt`);
  bundle.update((config) => {
    const options = [`lowerdir=${bundle.directory}/${long}:${bundle.directory}/other`];
    config.mounts.push({ destination: "/mnt", type: "overlay", source: "overlay", options });
    config.mounts.push({ destination: "/tmp", type: "tmpfs", source: "s".repeat(300) });
    config.process.args = ["sh", "-c", "ls /mnt; grep -c ' /tmp .* s\\{300\\} ' /proc/self/mountinfo"];
  });
  using runtime = new Runtime(RUNT);
  const { stdout } = runtime.must(["run", "-b", bundle.directory, runtime.newId()]);
  assertEquals(stdout, "seen\n1\n");
});
