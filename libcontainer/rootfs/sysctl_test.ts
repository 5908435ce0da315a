import { assert, assertEquals, assertThrows } from "@std/assert";
import { PROC_SUPER_MAGIC, TMPFS_MAGIC } from "../../ffi/constants/filesystem_type.ts";
import { RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_XDEV } from "../../ffi/constants/open.ts";
import { EINVAL, EPERM, EXDEV } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import {
  type Answers,
  howByPath,
  names,
  recordingKernel,
  statfsBytes,
  statxBytes,
  testConfig,
  testContext,
} from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { writeSysctls } from "./sysctl.ts";

function written(sysctl: [string, string][], answers: Answers = {}) {
  const kernel = recordingKernel(answers);
  writeSysctls(kernel, testConfig({ sysctl }), testContext());
  kernel.flush();
  return kernel;
}

Deno.test("without sysctls no procfs is opened", () => assertEquals(names(written([])), []));

Deno.test("sysctls are written in a procfs of our own, which nothing leads out of (CVE-2025-52881)", () => {
  const kernel = written([["net.ipv4.ip_forward", "1"], ["net/ipv4/conf/eno2.100/rp_filter", "2"]]);
  assertEquals(kernel.lines().filter((line) => line.startsWith("fsopen")), ['fsopen("proc", 1)']);
  assert(!kernel.lines().some((line) => line.includes('"/proc"')));
  const how = howByPath(kernel);
  assertEquals(Object.keys(how), ["sys/net/ipv4/ip_forward", "sys/net/ipv4/conf/eno2.100/rp_filter"]);
  for (const { resolve } of Object.values(how)) {
    assertEquals(resolve, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
  }
});

Deno.test("where no procfs can be made, the one at /proc is used, if it is a whole one", () => {
  const own = { fsopen: -EPERM };
  const good = written([["kernel.domainname", "x"]], {
    ...own,
    fstatfs: statfsBytes(PROC_SUPER_MAGIC),
    statx: statxBytes(0o040555, 0, 0, 1),
  });
  assert(good.lines().some((line) => line.startsWith('openat(-100, "/proc"')));
  for (
    const fake of [
      { fstatfs: statfsBytes(TMPFS_MAGIC), statx: statxBytes(0o040555, 0, 0, 1) },
      { fstatfs: statfsBytes(PROC_SUPER_MAGIC), statx: statxBytes(0o040555, 0, 0, 4026531855) },
    ]
  ) {
    assertThrows(
      () => written([["kernel.domainname", "x"]], { ...own, ...fake }),
      RuntError,
      "is not a procfs",
    );
  }
});

Deno.test("a file behind a mount, and a value that is refused, are errors", () => {
  for (const [call, errno] of [["openat2", EXDEV], ["write", EINVAL]] as const) {
    const error = assertThrows(() => written([["kernel.msgmax", "x"]], { [call]: -errno }), KernelError);
    assertEquals([error.errno, error.where.path], [errno, 'linux.sysctl["kernel.msgmax"]']);
  }
});
