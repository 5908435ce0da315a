import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  MS_BIND,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REMOUNT,
  MS_STRICTATIME,
} from "../../ffi/constants/mount.ts";
import { RESOLVE_BENEATH, RESOLVE_IN_ROOT, RESOLVE_NO_SYMLINKS } from "../../ffi/constants/open.ts";
import { EACCES, EEXIST, EINVAL, ELOOP, ENOENT, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RuntError } from "../error.ts";
import type { MountConfig } from "../config/mount_config.ts";
import {
  howByPath,
  names,
  recordingKernel,
  statxBytes,
  testConfig,
  testContext,
  testMount,
} from "../../tests/support/rootfs_fixture.ts";
import { MANY_MOUNTS } from "./close_spare.ts";
import type { RootfsContext } from "./context.ts";
import { mountAll } from "./mounts.ts";

const PROC = testMount({ destination: "/proc", type: "proc", source: "proc" });
const DEV = testMount({
  destination: "/dev",
  source: "tmpfs",
  flags: MS_NOSUID | MS_STRICTATIME | MS_RDONLY,
  data: "mode=755,size=65536k",
  at: "mounts[1]",
});

Deno.test("proc is made detached and moved to an ordinary directory", () => {
  const kernel = recordingKernel({ mkdirat: -EEXIST });
  mountAll(kernel, testConfig({ mounts: [PROC] }), testContext());
  kernel.flush();
  assertEquals(kernel.lines(), [
    'fsopen("proc", 1)',
    'fsconfig(100, 1, "source", "proc", 0)',
    "fsconfig(100, 6, 0, 0, 0)",
    "fsmount(100, 1, 0)",
    'mkdirat(7, "proc", 493)',
    'openat2(7, "proc", {…}, 24)',
    'move_mount(101, "", 102, "", 68)',
  ]);
  assert(howByPath(kernel).proc!.resolve & RESOLVE_NO_SYMLINKS);
  assertEquals(kernel.flushes, 1);
});

Deno.test("a link in the place of /proc fails the mount (CVE-2019-19921)", () => {
  const kernel = recordingKernel({ 'openat2(7, "proc"': -ELOOP });
  mountAll(kernel, testConfig({ mounts: [PROC] }), testContext());
  const error = assertThrows(() => kernel.flush(), KernelError);
  assertEquals([error.errno, error.where.path], [ELOOP, "mounts[0]"]);
});

Deno.test("what goes into a new /dev needs no look-up, and a read-only /dev becomes so later", () => {
  const pts = testMount({
    destination: "/dev/pts",
    type: "devpts",
    data: "newinstance,gid=5",
    at: "mounts[2]",
  });
  const kernel = recordingKernel(), context = testContext();
  mountAll(kernel, testConfig({ mounts: [DEV, pts] }), context);
  kernel.flush();
  const lines = kernel.lines();
  assert(!lines.includes('fsconfig(100, 0, "ro", 0, 0)'));
  assert(lines.includes("fsmount(100, 1, 34)"), "nosuid and strictatime, not read-only");
  assertEquals(lines.slice(-3), [
    "fsmount(103, 1, 0)",
    'mkdirat(101, "pts", 493)',
    'move_mount(104, "", 101, "pts", 4)',
  ]);
  assert(lines.includes('fsconfig(103, 0, "newinstance", 0, 0)'));
  assert(lines.includes('fsconfig(103, 1, "gid", "5", 0)'));
  assertEquals(context.root.readonlyLater.length, 1);
});

Deno.test("read-only is an option of the file system, too", () => {
  const kernel = recordingKernel();
  mountAll(
    kernel,
    testConfig({ mounts: [testMount({ destination: "/sys", type: "sysfs", flags: MS_RDONLY | MS_NOEXEC })] }),
    testContext(),
  );
  kernel.flush();
  assert(kernel.lines().includes('fsconfig(100, 0, "ro", 0, 0)'));
  assert(kernel.lines().includes("fsmount(100, 1, 9)"));
});

Deno.test("a tmpfs takes on the mode of the directory that it covers, unless told one", () => {
  const mount = testMount({ destination: "/run/x", data: "size=1k" });
  const kernel = recordingKernel({ statx: statxBytes(0o041751) });
  mountAll(kernel, testConfig({ mounts: [mount] }), testContext());
  const lines = kernel.lines();
  assert(lines.indexOf('fsconfig(101, 1, "mode", "1751", 0)') >= 0, lines.join("\n"));
  const missing = recordingKernel({ 'openat2(7, "run/x"': [-ENOENT, -ENOENT] });
  mountAll(missing, testConfig({ mounts: [mount] }), testContext());
  assert(!missing.lines().some((line) => line.includes('"mode"')));
});

Deno.test("what is not a procfs cannot be mounted on /proc, nor anything in it", () => {
  const refused = (destination: string, type = "tmpfs") =>
    assertThrows(
      () =>
        mountAll(
          recordingKernel(),
          testConfig({ mounts: [testMount({ destination, type })] }),
          testContext(),
        ),
      RuntError,
    ).message;
  assertEquals(
    refused("/proc"),
    'error mounting "none" to rootfs at "/proc": mounts[0]: "/bundle/rootfs/proc" cannot be mounted because it is ' +
      "not of type proc",
  );
  assertStringIncludes(refused("/proc/self/attr"), "cannot be mounted because it is inside /proc");
  assertStringIncludes(refused("/proc/cpuinfo2"), "inside /proc");
  assertStringIncludes(refused("/"), "is on the top of rootfs");
});

Deno.test("nothing is done when one of the mounts is not allowed", () => {
  const kernel = recordingKernel(), mounts = [PROC, testMount({ destination: "/proc/sys" })];
  assertThrows(() => mountAll(kernel, testConfig({ mounts }), testContext()), RuntError);
  assertEquals(names(kernel), []);
});

Deno.test("places that the rootfs may have as links are resolved inside the root", () => {
  const kernel = recordingKernel();
  mountAll(
    kernel,
    testConfig({ mounts: [testMount({ destination: "/var/run/x", type: "ramfs" })] }),
    testContext(),
  );
  kernel.flush();
  const { resolve } = howByPath(kernel)["var/run/x"]!;
  assert(resolve & RESOLVE_IN_ROOT);
  assert(!(resolve & (RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH)));
});

Deno.test("a missing place is made component by component", () => {
  const kernel = recordingKernel({ 'openat2(7, "a/b"': [-ENOENT] });
  mountAll(
    kernel,
    testConfig({ mounts: [testMount({ destination: "/a/b", type: "ramfs" })] }),
    testContext(),
  );
  kernel.flush();
  assertEquals(kernel.lines().slice(-6), [
    'openat2(7, "a/b", {…}, 24)',
    'mkdirat(7, "a", 493)',
    'openat2(7, "a", {…}, 24)',
    'mkdirat(102, "b", 493)',
    'openat2(7, "a/b", {…}, 24)',
    'move_mount(101, "", 103, "", 68)',
  ]);
});

Deno.test("a place behind a link that leads nowhere is made where the link leads", () => {
  const etc = testMount({
    destination: "/etc/resolv.conf",
    type: "bind",
    source: "/host/resolv.conf",
    flags: MS_BIND,
    at: "mounts[1]",
  });
  const kernel = recordingKernel({
    'openat2(7, "etc/resolv.conf"': [-ENOENT],
    'openat(?, "."': -ENOTDIR,
    // The first try to make the file finds the link.
    'openat(?, "resolv.conf", 655552': [-EEXIST],
    'readlinkat(?, "resolv.conf"': new TextEncoder().encode("/run/stub"),
    'readlinkat(?, "': -EINVAL,
    "statx(-100": statxBytes(0o100644),
    "statx": [statxBytes(0o040755), statxBytes(0o120777)],
  });
  mountAll(kernel, testConfig({ mounts: [PROC, etc] }), testContext());
  kernel.flush();
  const lines = kernel.lines();
  assert(lines.some((line) => /^openat\(\d+, "stub", 0xa00c0, 420\)$/.test(line)), lines.join("\n"));
  assert(lines.some((line) => /^mkdirat\(7, "run", 493\)$/.test(line)));
  assertEquals(lines.at(-1)!.split("(")[0], "move_mount");
  assertEquals(
    lines.filter((line) => line === 'fsopen("proc", 1)').length,
    1,
    "what was made is not made again",
  );
});

Deno.test("a place that cannot be made fails after one cure", () => {
  const mount = testMount({ destination: "/a/b", type: "ramfs" });
  const kernel = recordingKernel({ 'openat2(7, "a/b"': -ENOENT });
  const error = assertThrows(
    () => mountAll(kernel, testConfig({ mounts: [mount] }), testContext()),
    KernelError,
  );
  assertEquals([error.errno, error.where.path], [ENOENT, "mounts[0]"]);
});

Deno.test("a source that the container's process cannot reach is fetched, once", () => {
  const mounts = [1, 2].map((n) =>
    testMount({ destination: `/d${n}`, type: "bind", source: `/s${n}`, flags: MS_BIND, at: `mounts[${n}]` })
  );
  const kernel = recordingKernel({ 'open_tree(-100, "/s2"': -EACCES });
  const asked: string[] = [],
    context = testContext({
      openHostSource: (source, recursive) => {
        asked.push(`${source} ${recursive}`);
        return 42;
      },
    });
  mountAll(kernel, testConfig({ mounts }), context);
  kernel.flush();
  assertEquals(asked, ["/s2 false"]);
  const lines = kernel.lines();
  assert(lines.at(-1)!.startsWith('move_mount(42, "", '));
  assertEquals(lines.filter((line) => line.includes('"/s1"')).length, 1);
  const alone = recordingKernel({ 'open_tree(-100, "/s2"': -EACCES });
  const error = assertThrows(() => mountAll(alone, testConfig({ mounts }), testContext()), KernelError);
  assertEquals(error.errno, EACCES);
});

Deno.test("remount changes the mount that is there", () => {
  const bind = testMount({ destination: "/x", type: "bind", flags: MS_BIND | MS_REMOUNT | MS_RDONLY });
  const kernel = recordingKernel();
  mountAll(kernel, testConfig({ mounts: [bind] }), testContext());
  kernel.flush();
  assertEquals(names(kernel), ["openat2", "mount_setattr"]);
  const other = testMount({
    destination: "/x",
    type: "tmpfs",
    source: "t",
    flags: MS_REMOUNT,
    data: "size=1m",
  });
  const byPath = recordingKernel();
  mountAll(byPath, testConfig({ mounts: [other] }), testContext());
  byPath.flush();
  assert(byPath.lines().some((line) => /^mount\("t", "self\/fd\/100", "tmpfs", 32, "size=1m"\)$/.test(line)));
});

Deno.test("a value that is too long for fsconfig goes to mount", () => {
  const data = `lowerdir=/l,upperdir=/${"u".repeat(255)},workdir=/w`;
  const kernel = recordingKernel();
  const mount = testMount({ destination: "/o", type: "overlay", source: "overlay", data });
  mountAll(kernel, testConfig({ mounts: [mount] }), testContext());
  kernel.flush();
  assert(!names(kernel).includes("fsopen"));
  assert(
    kernel.lines().some((line) => line.startsWith('mount("overlay", "self/fd/') && line.includes("upperdir")),
  );
});

Deno.test("what is too long for fsconfig is so in bytes, and may be a source or a context", () => {
  const usesMount = (values: Partial<MountConfig>) => {
    const kernel = recordingKernel();
    const mount = testMount({ destination: "/o", type: "tmpfs", source: "tmpfs", ...values });
    mountAll(kernel, testConfig({ mounts: [mount] }), testContext());
    kernel.flush();
    return !names(kernel).includes("fsopen");
  };
  assertEquals(usesMount({ data: `x=${"u".repeat(255)}`, source: "s".repeat(255) }), false);
  assertEquals(usesMount({ data: `x=${"ж".repeat(127)}` }), false);
  assertEquals(usesMount({ data: `x=${"ж".repeat(128)}` }), true);
  assertEquals(usesMount({ source: "s".repeat(256) }), true);
  assertEquals(usesMount({ context: "c".repeat(256) }), true);
});

Deno.test("the kernel that lacks the mount API gets mounts by path", () => {
  const kernel = recordingKernel(), context = testContext();
  context.root.mountsByPath = true;
  mountAll(kernel, testConfig({ mounts: [PROC, DEV] }), context);
  kernel.flush();
  const lines = kernel.lines();
  assert(
    lines.some((line) => /^mount\("proc", "self\/fd\/\d+", "proc", 0, ""\)$/.test(line)),
    lines.join("\n"),
  );
  assert(!names(kernel).some((name) => /^fs|open_tree|move_mount/.test(name)));
  // Whatever is mounted, no directory of the host is left as the current one.
  assertEquals(lines.filter((line) => line.startsWith("fchdir")).length, 2);
  assertEquals(lines.filter((line) => line === 'chdir("/")').length, 2);
});

Deno.test("an errno that nobody foresees fails the step", () => {
  for (const [call, errno] of [["fsopen", EPERM], ["fsmount", EPERM], ["move_mount", EINVAL]] as const) {
    const kernel = recordingKernel({ [call]: -errno });
    mountAll(kernel, testConfig({ mounts: [PROC] }), testContext());
    const error = assertThrows(() => kernel.flush(), KernelError);
    assertEquals([error.syscall, error.errno], [call, errno]);
  }
});

Deno.test("of many mounts no descriptor stays open that no later step needs", () => {
  const mounts = [DEV, ...new Array(MANY_MOUNTS).fill(PROC)].map((mount, i) => ({
    ...mount,
    at: `mounts[${i}]`,
  }));
  const run = (part: Partial<RootfsContext>) => {
    const kernel = recordingKernel({ mkdirat: -EEXIST }),
      context = testContext({ firstFreeFd: 3, kept: [9], ...part });
    mountAll(kernel, testConfig({ mounts }), context);
    kernel.flush();
    return {
      closes: kernel.lines().filter((line) => line.startsWith("close_range")),
      made: context.root.made,
    };
  };
  const { closes, made } = run({ openHostSource: () => 42 });
  // The root's is 7, the control socket's 9, that of /dev 101: files will be put into it.
  assertEquals(closes, [
    "close_range(3, 6, 0)",
    "close_range(8, 8, 0)",
    "close_range(10, 100, 0)",
    "close_range(102, 0xffffffff, 0)",
  ]);
  assertEquals(made.filter(({ fd }) => fd !== undefined).length, 2);
  // Somebody else has descriptors in the process.
  assertEquals(run({}).closes, []);
  assertEquals(run({ openHostSource: () => 42, kept: undefined }).closes, []);
});
