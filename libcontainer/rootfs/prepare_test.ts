import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { MS_REC, MS_SHARED } from "../../ffi/constants/mount.ts";
import { EINVAL, ENOENT, ENOSYS } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { names, recordingKernel, testConfig, testContext } from "../../tests/support/rootfs_fixture.ts";
import { prepareAnew, prepareRoot } from "./prepare.ts";
import { newRoot } from "./root.ts";

Deno.test("the root becomes a mount of its own, all mounts slaves of the host's", () => {
  const kernel = recordingKernel({ mount_setattr: -EINVAL }), context = testContext({ root: newRoot() });
  prepareRoot(kernel, testConfig(), context);
  kernel.flush();
  assertEquals(names(kernel), ["mount_setattr", "umask", "mount", "openat", "open_tree", "move_mount"]);
  assertStringIncludes(kernel.lines()[2]!, 'mount(0, "/", 0, 0x84000, 0)');
  assert(context.root.fd !== undefined);
});

Deno.test("where shared mounts stay, the mount that the rootfs is on is made private, wherever it is", () => {
  const kernel = recordingKernel({ 'mount(0, "/bundle': -EINVAL, mount_setattr: -EINVAL });
  prepareRoot(kernel, testConfig({ rootPropagation: MS_SHARED | MS_REC }), testContext());
  kernel.flush();
  const tried = kernel.lines().filter((line) => line.includes("0x40000")).map((line) => line.split('"')[1]);
  assertEquals(tried, ["/bundle/rootfs", "/bundle", "/"]);
});

Deno.test("a rootfs that is missing is told by name", () => {
  const kernel = recordingKernel({ openat: -ENOENT, mount_setattr: -EINVAL });
  prepareRoot(kernel, testConfig(), testContext());
  const error = assertThrows(() => kernel.flush(), KernelError);
  assertStringIncludes(error.message, 'root.path "/bundle/rootfs": openat(');
});

Deno.test("without mount_setattr the root is bound by path, and mounts are to be made by paths", () => {
  const kernel = recordingKernel({ mount_setattr: -ENOSYS }), context = testContext({ root: newRoot() });
  prepareRoot(kernel, testConfig(), context);
  const error = assertThrows(() => kernel.flush(), KernelError);
  assertFalse(prepareAnew(kernel, testConfig(), context, new Error("another")));
  assert(prepareAnew(kernel, testConfig(), context, error));
  kernel.flush();
  assert(context.root.mountsByPath);
  assert(
    kernel.lines().some((line) => /^mount\("self\/fd\/\d+", "self\/fd\/\d+", 0, 0x5000, 0\)$/.test(line)),
  );
  assertFalse(prepareAnew(kernel, testConfig(), context, error), "once is enough");
});
