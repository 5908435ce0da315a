/**
 * Bundles for tests: a busybox rootfs, `runc spec`'s config, and changes to it.
 *
 * @module
 */

import { exampleSpec } from "../../libcontainer/spec/example.ts";

/** A config.json that a test changes. */
// deno-lint-ignore no-explicit-any -- tests write what no type allows
export type Config = any;

/** A bundle in a temporary directory. */
export interface Bundle extends Disposable {
  readonly directory: string;
  readonly rootfs: string;
  /** Writes config.json anew. */
  update(change: (config: Config) => void): void;
}

const APPLETS =
  "sh true false id ls cat env sleep echo mount umount mknod chmod chown stat readlink head tail grep " +
  "sed awk stty ps kill hostname mkdir rmdir rm touch ln cp mv dd test sort wc tr cut date usleep nc ip pwd umask od " +
  "printf seq xargs find uname dmesg sysctl df du tee sync id whoami yes timeout trap unshare nsenter";

/** Where busybox is; Debian's is static. */
export const BUSYBOX = "/usr/bin/busybox";

/** Fills a directory with what a small image has. */
export function makeRootfs(rootfs: string): void {
  for (const directory of ["bin", "dev", "etc", "proc", "sys", "tmp", "root", "usr/bin", "var"]) {
    Deno.mkdirSync(`${rootfs}/${directory}`, { recursive: true });
  }
  Deno.chmodSync(`${rootfs}/tmp`, 0o1777);
  Deno.copyFileSync(BUSYBOX, `${rootfs}/bin/busybox`);
  Deno.chmodSync(`${rootfs}/bin/busybox`, 0o755);
  for (const applet of new Set(APPLETS.split(" "))) Deno.symlinkSync("busybox", `${rootfs}/bin/${applet}`);
  Deno.writeTextFileSync(
    `${rootfs}/etc/passwd`,
    "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n",
  );
  Deno.writeTextFileSync(`${rootfs}/etc/group`, "root:x:0:\nuser:x:1000:\n");
}

/** What `runc spec` writes, with `terminal: false`. */
export function baseConfig(): Config {
  const config: Config = structuredClone(exampleSpec({ rootless: false }));
  config.process.terminal = false;
  // `runc spec` leaves it out on cgroup v1, where the cgroup's name would be in all that a test looks at.
  if (!config.linux.namespaces.some(({ type }: Config) => type === "cgroup")) {
    config.linux.namespaces.push({ type: "cgroup" });
  }
  return config;
}

/**
 * Makes a bundle.
 *
 * @param change what to change in {@linkcode baseConfig}
 */
export function makeBundle(change: (config: Config) => void = () => {}): Bundle {
  const directory = Deno.makeTempDirSync({ prefix: "runt-bundle-" });
  // An unprivileged container must be able to reach its root.
  Deno.chmodSync(directory, 0o755);
  const rootfs = `${directory}/rootfs`;
  makeRootfs(rootfs);
  const update = (change: (config: Config) => void) => {
    const config = baseConfig();
    change(config);
    Deno.writeTextFileSync(`${directory}/config.json`, JSON.stringify(config));
  };
  update(change);
  return {
    directory,
    rootfs,
    update,
    [Symbol.dispose]: () => Deno.removeSync(directory, { recursive: true }),
  };
}
