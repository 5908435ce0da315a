import { assert, assertEquals } from "@std/assert";
import { EINVAL, ELOOP, ENODEV, ENOENT, EPERM } from "../../ffi/errno.ts";
import type { Where } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { type Arg, Result } from "../../ffi/operation.ts";
import { recordingKernel, testConfig, testMount } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { explainRootfsError } from "./explain.ts";

function explained(name: string, args: readonly Arg[], errno: number, text: string, where: Where): RuntError {
  const mounts = [
    testMount({ destination: "/data", type: "bind", source: "/host", at: "mounts[0]" }),
    testMount({ destination: "/proc", type: "proc", source: "proc", at: "mounts[1]" }),
    testMount({ destination: "/t", type: "tmpfs", source: "tmpfs", at: "mounts[2]" }),
  ];
  const error = new KernelError(
    { name, nr: 0, args, accept: [], where, result: new Result() },
    errno,
    text,
  );
  const kernel = recordingKernel({ 'openat(5, "."': -20 });
  const message = new TextEncoder().encode("e tmpfs: Bad value for 'size'\n");
  let asked = 0;
  kernel.read = (_fd, out) => {
    out.bytes.set(message);
    const result = new Result();
    result.raw = asked++ ? -61 : message.length;
    return result;
  };
  const result = explainRootfsError(kernel, testConfig({ mounts }), error);
  assert(result instanceof RuntError);
  return result;
}

Deno.test("a missing source is told in runc's words", () => {
  const where = { step: "mounts", path: "mounts[0]" };
  const { message, path } = explained(
    "open_tree",
    [-100, "/host", 1],
    ENOENT,
    "No such file or directory",
    where,
  );
  assertEquals(
    message,
    'error mounting "/host" to rootfs at "/data": mounts[0]: stat /host: no such file or directory',
  );
  assertEquals(path, "mounts[0]");
});

Deno.test("a link in the place of /proc is told in runc's words", () => {
  const where = { step: "mounts", path: "mounts[1]" };
  const { message, code } = explained(
    "openat2",
    [7, "proc"],
    ELOOP,
    "Too many levels of symbolic links",
    where,
  );
  assertEquals(
    message,
    'error mounting "proc" to rootfs at "/proc": mounts[1]: filesystem "proc" must be mounted on ordinary directory',
  );
  assertEquals(code, "unsafe");
});

Deno.test("a file and a directory that do not go together are told as not a directory", () => {
  const where = { step: "mounts", path: "mounts[0]" };
  const { message } = explained("move_mount", [5, "", 6, "", 68], EINVAL, "Invalid argument", where);
  assertEquals(
    message,
    'error mounting "/host" to rootfs at "/data": mounts[0]: mount /host:/data: not a directory',
  );
});

Deno.test("what the file system has to say is told, too", () => {
  const where = { step: "mounts", path: "mounts[2]" };
  const { message } = explained("fsconfig", [9, 1, "size", "zz", 0], EINVAL, "Invalid argument", where);
  assertEquals(
    message,
    'error mounting "tmpfs" to rootfs at "/t": mounts[2]: fsconfig src=tmpfs, dst=/t: invalid argument ' +
      "(tmpfs: Bad value for 'size')",
  );
});

Deno.test("a refusal has a hint, other steps their own words", () => {
  const mount = explained("fsopen", ["x", 1], EPERM, "Operation not permitted", {
    step: "mounts",
    path: "mounts[2]",
  });
  assert(mount.hint?.includes("user namespace"));
  const where = { step: "mounts", path: "mounts[2]" };
  const inSysfs = explained("mkdirat", [5, "selinux", 493], EPERM, "Operation not permitted", where);
  assertEquals(inSysfs.hint, undefined);
  const say = (step: string, what: string, path?: string, name = "openat2") =>
    explained(name, [1], ENODEV, "No such device", path === undefined ? { step, what } : { step, what, path })
      .message;
  assertEquals(say("masks", '"/proc/keys"'), `can't mask path "/proc/keys": no such device`);
  assertEquals(say("readonly", '"/proc/sys"'), `can't make "/proc/sys" read-only: no such device`);
  assertEquals(say("cwd", '"/a"'), 'mkdir "/a": no such device');
  assertEquals(say("pivot", ""), "error jailing process inside rootfs: openat2: no such device");
  assertEquals(say("sysctl", '"1"', 'linux.sysctl["a.b"]'), 'open sysctl "a.b" file: no such device');
  assertEquals(
    say("sysctl", '"1"', 'linux.sysctl["a.b"]', "write"),
    'failed to write sysctl "a.b" = "1": no such device',
  );
});

Deno.test("errors of others are left alone", () => {
  const error = new Error("x");
  assert(explainRootfsError(recordingKernel(), testConfig(), error) === error);
});
