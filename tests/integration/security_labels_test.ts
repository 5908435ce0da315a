/**
 * AppArmor profiles and SELinux labels on a host without either. What is written where, on one that has them, is tested
 * with the recording kernel (`libcontainer/init/labels_test.ts`).
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { type Lack, program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";

/** What a module that is not there says. */
function without(module: string, path: string): Lack {
  return () => {
    try {
      Deno.statSync(path);
      return `needs a host without ${module}`;
    } catch {
      return undefined;
    }
  };
}

const noSelinux = without("SELinux", "/sys/fs/selinux/enforce");
const noApparmor = without("AppArmor", "/sys/kernel/security/apparmor");

function fail(program: string, change: (config: Config) => void): string {
  using bundle = makeBundle(change);
  using runtime = new Runtime(program);
  const { code, stderr } = runtime.run(bundle.directory);
  assertEquals(code, 1, stderr);
  return stderr;
}

testNeeding(
  [root, program("runc"), noSelinux],
  "an SELinux label without SELinux is refused in runc's words",
  () => {
    const change = ({ process }: Config) => process.selinuxLabel = "system_u:system_r:container_t:s0";
    for (const program of ["runc", RUNT]) {
      const text = "selinux label is specified in config, but selinux is disabled or not supported";
      assertStringIncludes(fail(program, change), text);
    }
  },
);

testNeeding(
  [root, program("runc"), noSelinux],
  "a mount label without SELinux fails the first mount, as with runc",
  () => {
    const change = ({ linux }: Config) => linux.mountLabel = "system_u:object_r:container_file_t:s0:c1,c2";
    for (const program of ["runc", RUNT]) {
      const stderr = fail(program, change);
      assertStringIncludes(stderr, 'error mounting \\"tmpfs\\" to rootfs at \\"/dev\\"');
      assert(/context/.test(stderr) && /invalid argument/.test(stderr), stderr);
    }
  },
);

const isRunc: Lack = () => /runc/.test(RUNT) ? "needs runt: runc only fails to write" : undefined;

testNeeding([root, isRunc, noApparmor], "an AppArmor profile without AppArmor is refused", () => {
  const stderr = fail(RUNT, ({ process }) => process.apparmorProfile = "docker-default");
  assertStringIncludes(stderr, "apparmor: config provided but apparmor not supported");
});
