import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MS_REC, MS_SHARED, MS_SLAVE } from "../../ffi/constants/mount.ts";
import { ENOENT, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { recordingKernel, testConfig, testContext } from "../../tests/support/rootfs_fixture.ts";
import { finishRoot } from "./finish.ts";

const { process } = testConfig();

Deno.test("by default only the umask is set", () => {
  const kernel = recordingKernel();
  finishRoot(kernel, testConfig(), testContext());
  finishRoot(kernel, testConfig({ process: { ...process, umask: 0o077 } }), testContext());
  assertEquals(kernel.lines(), ["umask(18)", "umask(63)"]);
});

Deno.test("mounts that shall be read-only become so, and the root last", () => {
  const kernel = recordingKernel(), context = testContext();
  context.root.readonlyLater.push(20, 21);
  finishRoot(kernel, testConfig({ readonlyRootfs: true }), context);
  assertEquals(
    kernel.lines().slice(0, 3),
    [20, 21, 7].map((fd) => `mount_setattr(${fd}, "", 0x1000, {…}, 32)`),
  );
  const refused = recordingKernel({ mount_setattr: -EPERM });
  finishRoot(refused, testConfig({ readonlyRootfs: true }), testContext());
  assertThrows(() => refused.flush(), KernelError);
});

Deno.test("a shared root becomes shared when nothing of the host's is below it", () => {
  const shared = recordingKernel(), slave = recordingKernel();
  finishRoot(shared, testConfig({ rootPropagation: MS_SHARED | MS_REC }), testContext());
  assertEquals(shared.lines()[0], 'mount(0, "/", 0, 0x104000, 0)');
  finishRoot(slave, testConfig({ rootPropagation: MS_SLAVE }), testContext());
  assertEquals(slave.lines(), ["umask(18)"]);
});

Deno.test("a missing working directory is made", () => {
  const config = testConfig({ process: { ...process, cwd: "/a/../b/c/" } });
  const kernel = recordingKernel({ 'openat2(7, "b/c"': [-ENOENT] });
  finishRoot(kernel, config, testContext());
  assertEquals(kernel.lines().filter((line) => line.startsWith("mkdirat")).length, 2);
  const there = recordingKernel();
  finishRoot(there, config, testContext());
  assertEquals(there.lines().filter((line) => line.startsWith("mkdirat")).length, 0);
  const file = recordingKernel({ openat2: -ENOTDIR });
  finishRoot(file, config, testContext());
  assertStringIncludes(assertThrows(() => file.flush(), KernelError).message, "process.cwd");
});
