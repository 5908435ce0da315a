/**
 * CVE-2025-52565: a link in the place of `/dev/console` leads the mount that is put there elsewhere, before masks and
 * read-only paths are in place: over a file of /proc, for one.
 *
 * A terminal's own console is not made yet (`process.terminal` is refused), so the mount comes from `mounts` here, as
 * engines have it that bring their own console.
 *
 * Seen to fail without the defence: take `/dev/console` out of `NO_LINKS` in `libcontainer/rootfs/mount_rules.ts`; the
 * second container then starts, with the console over a file that it was not meant for.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

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
