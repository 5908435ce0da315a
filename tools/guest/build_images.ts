/**
 * Builds what the guests boot: User-mode Linux, and the root image of a small Debian.
 *
 * @module
 */
import {
  installHostPackages,
  listFetchSettings,
  listSourceFiles,
  readCodename,
  unpackPackage,
} from "./debian.ts";
import { runCommand } from "./run_command.ts";

/** Debian packages in the guest, beside the essential ones. */
const GUEST_PACKAGES = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "runc",
  "crun",
  "busybox-static",
  "strace",
  "procps",
  "iproute2",
  "kmod",
  "jq",
  "util-linux",
];

/** Directories in the guest that the host's directories are mounted on. */
const MOUNT_POINTS = ["job", "repo", "deno", "lib/modules"];

/** Free room in the root image is what it has beyond its files, of which there are some 200 MB. */
const ROOT_IMAGE_SIZE = "700M";

/** Goes up when the way of building changes in what the other inputs don't show. */
const RECIPE = 1;

const OVERLAY = new URL("./root/", import.meta.url).pathname;
/** What User-mode Linux needs on newer CPUs. */
const XSTATE = new URL("./xstate.c", import.meta.url).pathname;

/** Paths of what was built. */
export interface GuestImages {
  /** The executable of User-mode Linux. */
  kernel: string;
  /** A library to be loaded before it (`xstate.c`). */
  preload: string;
  /** Its modules' directory: what it mounts on `/lib/modules`. */
  modules: string;
  /** The root file system, ext4, never written to: guests write to a copy-on-write file. */
  root: string;
  /** Whether this call built it. */
  built: boolean;
}

/**
 * Makes the images, unless `directory` has them from the same inputs.
 *
 * @param directory where images are kept
 * @throws {Error} when not root (files in the image belong to root), or when a command fails
 */
export async function buildImages(directory: string): Promise<GuestImages> {
  const codename = readCodename();
  const home = `${directory}/${await hashInputs(codename)}`;
  const images = {
    kernel: `${home}/uml/usr/bin/linux.uml`,
    preload: `${home}/xstate.so`,
    modules: `${home}/uml/usr/lib/uml/modules`,
    root: `${home}/root.img`,
  };
  try {
    Deno.statSync(images.root);
    return { ...images, built: false };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (Deno.uid() !== 0) throw new Error("Cannot build the guest's images: not root");
  installHostPackages();
  Deno.mkdirSync(directory, { recursive: true });
  const scratch = Deno.makeTempDirSync({ dir: directory, prefix: "build." });
  try {
    unpackPackage("user-mode-linux", `${scratch}/uml`);
    runCommand("gcc", ["-O2", "-shared", "-fPIC", "-o", `${scratch}/xstate.so`, XSTATE]);
    buildRoot(scratch, codename);
    moveIntoPlace(scratch, home);
  } finally {
    removeIfThere(scratch);
  }
  removeOthers(directory, home);
  return { ...images, built: true };
}

function buildRoot(scratch: string, codename: string): void {
  const root = `${scratch}/root`;
  runCommand("mmdebstrap", [
    "--variant=minbase",
    `--include=${GUEST_PACKAGES.join(",")}`,
    ...listFetchSettings().map((setting) => `--aptopt=${setting}`),
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    codename,
    root,
    ...listSourceFiles(),
  ]);
  for (const path of MOUNT_POINTS) Deno.mkdirSync(`${root}/${path}`, { recursive: true });
  // Not `cp -a`: in the image everything belongs to root
  runCommand("cp", ["-r", "--preserve=mode", `${OVERLAY}.`, root]);
  // Timers of Debian's house-keeping would start in the middle of a test
  for (const timer of ["apt-daily", "apt-daily-upgrade", "dpkg-db-backup", "e2scrub_all", "fstrim"]) {
    const path = `${root}/etc/systemd/system/${timer}.timer`;
    removeIfThere(path);
    Deno.symlinkSync("/dev/null", path);
  }
  const image = `${scratch}/root.img`;
  runCommand("mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", "-d", root, image, ROOT_IMAGE_SIZE]);
  Deno.removeSync(root, { recursive: true });
}

/** When another build was faster, its images are as good. */
function moveIntoPlace(scratch: string, home: string): void {
  try {
    Deno.renameSync(scratch, home);
  } catch (error) {
    if (!(error instanceof Error && /not empty/i.test(error.message))) throw error;
  }
}

/** Removes images of other inputs, and builds that were killed; a build of the last hour may still run. */
function removeOthers(directory: string, home: string): void {
  for (const entry of Deno.readDirSync(directory)) {
    const path = `${directory}/${entry.name}`;
    if (path === home || !/^([0-9a-f]{16}|build\..*)$/.test(entry.name)) continue;
    const age = Date.now() - (Deno.statSync(path).mtime?.getTime() ?? 0);
    if (age > 3_600_000) removeIfThere(path);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function hashInputs(codename: string): Promise<string> {
  const inputs: unknown[] = [
    RECIPE,
    codename,
    Deno.build.arch,
    GUEST_PACKAGES,
    MOUNT_POINTS,
    ROOT_IMAGE_SIZE,
    Deno.readTextFileSync(XSTATE),
  ];
  for (const path of listFiles(OVERLAY)) {
    inputs.push(path.slice(OVERLAY.length), Deno.statSync(path).mode, Deno.readTextFileSync(path));
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(inputs)));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

function listFiles(directory: string): string[] {
  const entries = [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap((entry) =>
    entry.isDirectory ? listFiles(`${directory}${entry.name}/`) : [`${directory}${entry.name}`]
  );
}
