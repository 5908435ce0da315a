import { assertEquals, assertThrows } from "@std/assert";
import { EINVAL, ENOENT, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { recordingKernel, testConfig, testContext } from "../../tests/support/rootfs_fixture.ts";
import { fullProcMounts } from "./move_root.ts";
import { enterRoot } from "./pivot.ts";

Deno.test("the old root is put on top of the new one, and taken away", () => {
  const kernel = recordingKernel();
  enterRoot(kernel, testConfig(), testContext());
  kernel.flush();
  assertEquals(kernel.lines(), [
    'openat(-100, "/", 0x290000, 0)',
    "fchdir(7)",
    'pivot_root(".", ".")',
    "fchdir(100)",
    'mount(0, ".", 0, 0x84000, 0)',
    'umount2(".", 2)',
    "close(100)",
    'chdir("/")',
  ]);
});

Deno.test("a root that cannot be pivoted to is an error", () => {
  const kernel = recordingKernel({ pivot_root: -EINVAL });
  enterRoot(kernel, testConfig(), testContext());
  assertEquals(assertThrows(() => kernel.flush(), KernelError).syscall, "pivot_root");
});

const MOUNTINFO = `22 27 0:21 / /proc rw - proc proc rw
23 27 0:22 / /sys rw - sysfs sysfs rw
24 23 0:22 /bus /mnt/bus rw - sysfs sysfs rw
25 27 0:21 / /bundle/rootfs/proc rw - proc proc rw
26 27 0:21 / /bundle/rootfs2/a\\040b rw shared:3 - proc proc rw
27 1 8:1 / / rw - ext4 /dev/sda rw
`;

Deno.test("whole procfs and sysfs trees outside the rootfs are found", () => {
  assertEquals(fullProcMounts(MOUNTINFO, "/bundle/rootfs"), ["/proc", "/sys", "/bundle/rootfs2/a b"]);
});

Deno.test("without pivot_root they are unmounted, or covered, before the root is moved", () => {
  const kernel = recordingKernel({
    read: [new TextEncoder().encode(MOUNTINFO)],
    'mount(?, "/sys"': [-ENOENT],
    'umount2("/bundle': [-EPERM],
  });
  // What is read is as long as the answer, then nothing more.
  const read = kernel.read.bind(kernel);
  let times = 0;
  kernel.read = (fd, out, options) => {
    const result = read(fd, out, options);
    const value = times++ === 0 ? MOUNTINFO.length : 0;
    return Object.defineProperty(result, "value", { value });
  };
  enterRoot(kernel, testConfig({ noPivot: true }), testContext());
  kernel.flush();
  const lines = kernel.lines().filter((line) => /^(u?mount|chroot)/.test(line));
  assertEquals(lines, [
    'mount(0, "/proc", 0, 0x84000, 0)',
    'umount2("/proc", 2)',
    'mount(0, "/sys", 0, 0x84000, 0)',
    'umount2("/sys", 2)',
    'mount(0, "/bundle/rootfs2/a b", 0, 0x84000, 0)',
    'umount2("/bundle/rootfs2/a b", 2)',
    'mount("tmpfs", "/bundle/rootfs2/a b", "tmpfs", 0, 0)',
    'mount(".", "/", 0, 0x2000, 0)',
    'chroot(".")',
  ]);
});
