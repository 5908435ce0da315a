import { MS_BIND } from "../../ffi/constants/mount.ts";
import {
  AT_EMPTY_PATH,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
} from "../../ffi/constants/open.ts";
import { S_IFMT, STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { EEXIST, ENOENT, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import type { Config } from "../config/config.ts";
import type { DeviceConfig } from "../config/device_config.ts";
import { RuntError } from "../error.ts";
import { attachTo } from "./attach.ts";
import { cloneSource, cutOff } from "./bind_mount.ts";
import type { RootfsContext } from "./context.ts";
import { deviceNumber } from "./device_number.ts";
import { mountOn } from "./mount_by_path.ts";
import { mountAll } from "./mounts.ts";
import { prepareAnew } from "./prepare.ts";
import { type Root, rootFd, settle } from "./root.ts";
import { componentsOf, makeDirectories, O_LOOK, openWithoutLinks } from "./safe_path.ts";

/** Links in /dev, as programs expect them: what they say, and their name. */
const LINKS: readonly (readonly [target: string, name: string])[] = [
  ["/proc/self/fd", "fd"],
  ["/proc/self/fd/0", "stdin"],
  ["/proc/self/fd/1", "stdout"],
  ["/proc/self/fd/2", "stderr"],
];

/** Where a device node goes. */
interface Place {
  readonly device: DeviceConfig;
  readonly parent: Fd;
  readonly name: string;
}

/** Whether the container's /dev is the runtime's to fill: not when something is bound there. */
export function isDevOurs({ mounts }: Config): boolean {
  return !mounts.some(({ type, destination }) => type === "bind" && destination === "/dev");
}

/**
 * Fills the container's /dev: device nodes and links. Then has everything made that was queued so far: this is the
 * last step in which the host's files are in sight.
 */
export function makeDevices(kernel: Kernel, config: Config, context: RootfsContext): void {
  try {
    fillDev(kernel, config, context);
  } catch (error) {
    // It may be the first flush since the root was prepared.
    if (!prepareAnew(kernel, config, context, error)) throw error;
    mountAll(kernel, config, context);
    fillDev(kernel, config, context);
  }
}

function fillDev(kernel: Kernel, config: Config, context: RootfsContext): void {
  const { root } = context;
  if (!isDevOurs(config)) return settle(kernel, root);
  const dev = kernel.at({ step: "devices", what: '"/dev"' }, () => openDev(kernel, root));
  const places = config.devices
    // This one is a link to that of devpts.
    .filter(({ path }) => path !== "" && path !== "/dev/ptmx")
    .map((device) => findPlace(kernel, root, dev, device));
  const made = context.bindDevices ? [] : places.map((place) => atDevice(kernel, place, makeNode));
  const bind = (place: Place) => atDevice(kernel, place, () => bindNode(kernel, root, place));
  if (context.bindDevices) places.forEach(bind);
  makeLinks(kernel, dev);
  settle(kernel, root);
  if (context.bindDevices) return;
  const refused = places.filter((_, index) => made[index]!.node.errno === EPERM);
  for (const place of refused) {
    context.log.debug(`cannot make ${place.device.path}: EPERM; binding the host's`);
    bind(place);
  }
  for (const [index, place] of places.entries()) {
    const { file, status } = made[index]!;
    if (file?.ok) atDevice(kernel, place, (kernel, place) => giveAway(kernel, place, file, status));
  }
}

function openDev(kernel: Kernel, root: Root): Fd {
  const over = root.made.findLast(({ config }) => config.destination === "/dev");
  if (over?.fd !== undefined) return over.fd;
  // Not through a link: what is made and removed here would be so elsewhere (CVE-2026-41579).
  const fd = rootFd(root);
  kernel.mkdirat(fd, "dev", 0o755, { accept: [EEXIST] });
  return openWithoutLinks(kernel, fd, "dev", O_LOOK | O_DIRECTORY);
}

function findPlace(kernel: Kernel, root: Root, dev: Fd, device: DeviceConfig): Place {
  const parts = componentsOf(device.path), name = parts.pop()!;
  const inDev = parts.length === 1 && parts[0] === "dev";
  const parent = inDev
    ? dev
    : atDevice(kernel, { device, parent: dev, name }, () => makeDirectories(kernel, rootFd(root), parts));
  return { device, parent, name };
}

/** A node that was asked for, and a look at it where it gets an owner of its own. */
interface MadeNode {
  readonly node: Result;
  readonly file: Result | undefined;
  readonly status: Out;
}

function makeNode(kernel: Kernel, { device, parent, name }: Place): MadeNode {
  const { mode, major, minor, uid, gid } = device;
  const number = deviceNumber(major, minor), status = new Out(STATX_SIZE);
  const node = kernel.mknodat(parent, name, mode, number, { accept: [EEXIST, EPERM] });
  let file: Result | undefined;
  if (uid !== 0 || gid !== 0) {
    kernel.when(node, "ok", () => {
      file = kernel.openat(parent, name, O_LOOK | O_NOFOLLOW);
      kernel.statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
    });
  }
  return { node, file, status };
}

/** Changes the owner of a node, if it is still the one that was made: somebody may have put another file there. */
function giveAway(kernel: Kernel, { device }: Place, file: Result, status: Out): void {
  const { path, mode, major, minor, uid, gid, at } = device, found = decodeStatx(status);
  const isSame = (found.mode & S_IFMT) === (mode & S_IFMT) && found.rdevMajor === major &&
    found.rdevMinor === minor;
  if (!isSame) {
    throw new RuntError("unsafe", `cannot change the owner of ${path}: it was replaced meanwhile`, {
      path: at,
    });
  }
  kernel.fchownat(file, "", uid, gid, AT_EMPTY_PATH);
}

/** Binds the host's node: where no node may be made, `mknod(2)` would be refused. */
function bindNode(kernel: Kernel, root: Root, { device, parent, name }: Place): void {
  const flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  kernel.openat(parent, name, flags, 0, { accept: [EEXIST] });
  const target = openWithoutLinks(kernel, parent, name);
  if (root.mountsByPath) mountOn(kernel, root, target, device.path, null, MS_BIND);
  else {
    const node = cloneSource(kernel, device.path, false);
    cutOff(kernel, root, node);
    attachTo(kernel, node, target);
  }
}

function makeLinks(kernel: Kernel, dev: Fd): void {
  kernel.at({ step: "devices", what: '"/dev"' }, () => {
    const link = (target: string, name: string) => kernel.symlinkat(target, dev, name, { accept: [EEXIST] });
    for (const [target, name] of LINKS) link(target, name);
    // Not all kernels have it (CONFIG_PROC_KCORE).
    const kcore = kernel.faccessat2(AT_FDCWD, "/proc/kcore", 0, 0, { accept: "any" });
    kernel.when(kcore, "ok", () => link("/proc/kcore", "core"));
    kernel.unlinkat(dev, "ptmx", 0, { accept: [ENOENT] });
    kernel.symlinkat("pts/ptmx", dev, "ptmx");
  });
}

function atDevice<T>(kernel: Kernel, place: Place, body: (kernel: Kernel, place: Place) => T): T {
  const { at, path } = place.device;
  return kernel.at({ step: "devices", path: at, what: JSON.stringify(path) }, () => body(kernel, place));
}
