/**
 * CVE-2025-52565: a link in the place of `/dev/console` leads the mount that is put there elsewhere, before masks and
 * read-only paths are in place: over a file of /proc, for one.
 *
 * Seen to fail without the defence: take `/dev/console` out of `NO_LINKS` in `libcontainer/rootfs/mount_rules.ts`; the
 * second container then starts, with the console over a file that it was not meant for. The mount comes from `mounts`
 * there, as engines have it that bring their own console. For a terminal's own console and its pseudoterminal, put
 * `openInRoot` in the place of `openWithoutLinks` in `libcontainer/rootfs/pty.ts`.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, Runtime } from "../support/runtime.ts";
import { TerminalDriver } from "../support/terminal_driver.ts";

/** The container's /dev is a volume; a file is bound to its console. */
function withConsole(config: Config): void {
  config.mounts = config.mounts.filter(({ destination }: Config) => !destination.startsWith("/dev"));
  config.mounts.push(
    { destination: "/dev", type: "bind", source: "dev", options: ["rbind"] },
    { destination: "/dev/console", type: "bind", source: "console", options: ["bind"] },
  );
  config.linux.maskedPaths = [];
}

for (const target of ["/proc/sys/kernel/core_pattern", "/etc/passwd", "../etc/passwd", "missing"]) {
  testNeeding([root], `CVE-2025-52565: /dev/console that is a link to ${target} is refused`, () => {
    using bundle = makeBundle();
    Deno.mkdirSync(`${bundle.directory}/dev`);
    Deno.writeTextFileSync(`${bundle.directory}/console`, "console\n");
    Deno.symlinkSync(target, `${bundle.directory}/dev/console`);
    bundle.update((config) => {
      withConsole(config);
      config.process.args = ["sh", "-c", "echo started; cat /etc/passwd"];
    });
    using runtime = new Runtime();
    const { code, stdout, stderr } = runtime.run(bundle.directory);
    assert(code !== 0);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, "/dev/console is a symbolic link");
    assertEquals(
      [...Deno.readDirSync(`${bundle.directory}/dev`)].length,
      1,
      "nothing is made beside the link",
    );
  });
}

testNeeding([root], "CVE-2025-52565: a console that is a file, or is missing, gets the mount", () => {
  for (const exists of [true, false]) {
    using bundle = makeBundle();
    Deno.mkdirSync(`${bundle.directory}/dev`);
    Deno.writeTextFileSync(`${bundle.directory}/console`, "console\n");
    if (exists) Deno.writeTextFileSync(`${bundle.directory}/dev/console`, "");
    bundle.update((config) => {
      withConsole(config);
      config.process.args = ["cat", "/dev/console"];
    });
    using runtime = new Runtime();
    assertEquals(runtime.run(bundle.directory).stdout, "console\n");
  }
});

/** A container with a terminal whose /dev is the image's own. */
function withOwnDev(config: Config): void {
  config.process.terminal = true;
  config.process.args = ["sh", "-c", "echo started; cat /etc/passwd"];
  config.mounts = config.mounts.filter(({ destination }: Config) => !destination.startsWith("/dev"));
  config.linux.maskedPaths = [];
}

const DEVPTS = {
  destination: "/dev/pts",
  type: "devpts",
  source: "devpts",
  options: ["newinstance", "ptmxmode=0666"],
};

for (
  const [what, attack, change, message] of [
    ["a console that is a link to a file", "ln -s /etc/passwd dev/console", DEVPTS, "a link is in its place"],
    [
      "a console that is a link into /proc",
      "ln -s ../proc/sys/kernel/core_pattern dev/console",
      DEVPTS,
      "a link is in its place",
    ],
    ["a console that is a link to nothing", "ln -s missing dev/console", DEVPTS, "a link is in its place"],
    ["a console that is a directory", "mkdir dev/console", DEVPTS, "/dev/console"],
    ["no devpts", "true", undefined, "open /dev/pts/ptmx: no such file or directory"],
    ["a plain file for a ptmx", "mkdir dev/pts; touch dev/pts/ptmx", undefined, "not on a real devpts mount"],
    ["a FIFO for a ptmx", "mkdir dev/pts; mkfifo dev/pts/ptmx", undefined, "not on a real devpts mount"],
    [
      "another device for a ptmx",
      "mkdir dev/pts; mknod dev/pts/ptmx c 1 5",
      undefined,
      "not on a real devpts mount",
    ],
    [
      "the host's ptmx by its numbers",
      "mkdir dev/pts; mknod dev/pts/ptmx c 5 2",
      undefined,
      "not on a real devpts mount",
    ],
    [
      "a link for a ptmx",
      "mkdir dev/pts; ln -s ../ptmx dev/pts/ptmx",
      undefined,
      "not on a real devpts mount",
    ],
    ["a link for the devpts", "mkdir dev/x; ln -s x dev/pts", undefined, "a link is on the way to it"],
    ["something mounted on the ptmx", "touch file", {
      destination: "/dev/pts/ptmx",
      type: "bind",
      source: "rootfs/file",
      options: ["bind"],
    }, "not a real char ptmx device"],
  ] as const
) {
  testNeeding([root], `CVE-2025-52565: ${what} makes no terminal`, () => {
    using bundle = makeBundle();
    run("sh", ["-ec", attack], { cwd: bundle.rootfs });
    bundle.update((config) => {
      withOwnDev(config);
      if (change) config.mounts.push(...new Set([DEVPTS, change]));
    });
    using runtime = new Runtime();
    const id = runtime.newId(), before = run("ls", ["-lR", `${bundle.rootfs}/etc`]).stdout;
    using terminal = new TerminalDriver([
      runtime.program,
      "--root",
      runtime.root,
      "run",
      "-b",
      bundle.directory,
      id,
    ]);
    assertEquals(terminal.wait(), 1);
    assertStringIncludes(terminal.shown, message);
    assert(!terminal.shown.includes("started"));
    assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    assertEquals(run("ls", ["-lR", `${bundle.rootfs}/etc`]).stdout, before);
  });
}

testNeeding(
  [root],
  "CVE-2025-52565: a console that is a file, a FIFO, a device or missing gets the terminal",
  () => {
    for (const make of ["true", "touch dev/console", "mkfifo dev/console", "mknod dev/console c 1 5"]) {
      using bundle = makeBundle();
      run("sh", ["-ec", make], { cwd: bundle.rootfs });
      bundle.update((config) => {
        withOwnDev(config);
        config.mounts.push(DEVPTS);
        config.process.args = ["stat", "-c", "%t:%T", "/dev/console"];
      });
      using runtime = new Runtime();
      const id = runtime.newId();
      using terminal = new TerminalDriver([
        runtime.program,
        "--root",
        runtime.root,
        "run",
        "-b",
        bundle.directory,
        id,
      ]);
      assertEquals([terminal.wait(), terminal.shown], [0, "88:0\r\n"], make);
    }
  },
);
