/**
 * CVE-2026-41579: an image whose /dev is a link to a directory of the host. Filling /dev, the runtime removes a file
 * `ptmx` there and makes devices and links.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/devices.ts` have `openDev()` end with
 * `kernel.openat(fd, "dev", O_LOOK | O_DIRECTORY)`; the directory's `ptmx` is then gone, and devices are in it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

function withoutDev(config: Config): void {
  config.mounts = config.mounts.filter(({ destination }: Config) => !destination.startsWith("/dev"));
  config.linux.maskedPaths = [];
}

const CASES: Readonly<
  Record<string, { link: (outside: string) => string; change: (config: Config) => void }>
> = {
  "an absolute link": { link: (outside) => outside, change: withoutDev },
  "a relative link": { link: () => "../outside", change: withoutDev },
  "a link inside the rootfs": { link: () => "tmp", change: withoutDev },
  "a link below a tmpfs": { link: (outside) => outside, change: () => {} },
};

for (const [name, { link, change }] of Object.entries(CASES)) {
  testNeeding(
    [root],
    `CVE-2026-41579: /dev that is ${name} is refused, and nothing of the host's touched`,
    () => {
      using bundle = makeBundle();
      bundle.update((config) => {
        config.root.readonly = false;
        config.process.args = ["echo", "started"];
        change(config);
      });
      const outside = `${bundle.directory}/outside`;
      Deno.mkdirSync(outside);
      Deno.writeTextFileSync(`${outside}/ptmx`, "the host's\n");
      Deno.removeSync(`${bundle.rootfs}/dev`);
      Deno.symlinkSync(link(outside), `${bundle.rootfs}/dev`);
      using runtime = new Runtime();
      const { code, stdout, stderr } = runtime.run(bundle.directory);
      assert(code !== 0);
      assertEquals(stdout, "");
      assertStringIncludes(stderr, "/dev");
      assertEquals([...Deno.readDirSync(outside)].map(({ name }) => name), ["ptmx"]);
      assertEquals(Deno.readTextFileSync(`${outside}/ptmx`), "the host's\n");
      assertEquals([...Deno.readDirSync(`${bundle.rootfs}/tmp`)], []);
    },
  );
}

testNeeding(
  [root],
  "CVE-2026-41579: a directory below /dev that is a link does not lead a device out",
  () => {
    using bundle = makeBundle();
    const outside = `${bundle.directory}/outside`;
    Deno.mkdirSync(outside);
    Deno.symlinkSync(outside, `${bundle.rootfs}/dev/net`);
    bundle.update((config) => {
      withoutDev(config);
      config.root.readonly = false;
      config.linux.devices = [{ path: "/dev/net/tun", type: "c", major: 10, minor: 200 }];
      config.process.args = ["true"];
    });
    using runtime = new Runtime();
    runtime.run(bundle.directory);
    assertEquals([...Deno.readDirSync(outside)], []);
  },
);
