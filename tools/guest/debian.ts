/**
 * Debian packages, from wherever this host's apt gets them.
 *
 * @module
 */
import { runCommand } from "./run_command.ts";

/** Packages that building the guest's images needs on the host, and a file of each that shows it is there. */
const HOST_PACKAGES = { "mmdebstrap": "/usr/bin/mmdebstrap", "e2fsprogs": "/sbin/mke2fs" };

/** Installs those of the host's packages that are missing. */
export function installHostPackages(): void {
  const missing = Object.entries(HOST_PACKAGES).filter(([, file]) => !exists(file)).map(([name]) => name);
  if (missing.length === 0) return;
  runCommand("apt-get", ["update", "-q"]);
  runCommand("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...missing]);
}

/** The Debian release of this host, as in `bookworm`; the guest is of the same. */
export function readCodename(): string {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(Deno.readTextFileSync("/etc/os-release"))?.[1];
  if (codename === undefined) {
    throw new Error("/etc/os-release has no VERSION_CODENAME: not a Debian release");
  }
  return codename;
}

/**
 * The files that name this host's Debian sources (one-line or deb822), to be given to mmdebstrap as they are:
 * a host behind a mirror builds from its mirror. Sources of others than Debian stay out.
 */
export function listSourceFiles(): string[] {
  const list = () =>
    runCommand("apt-get", ["indextargets", "--format", "$(ORIGIN)\t$(SOURCESENTRY)", "Created-By: Packages"])
      .split("\n")
      .filter((line) => line.startsWith("Debian\t"))
      .map((line) => line.slice("Debian\t".length).replace(/:\d+$/, ""));
  let files = list();
  if (files.length === 0) { // The indexes were never fetched, as in a fresh container
    runCommand("apt-get", ["update", "-q"]);
    files = list();
  }
  if (files.length === 0) throw new Error("apt knows no source of Debian's packages on this host");
  return [...new Set(files)];
}

/** This host's settings of how apt fetches (proxy, retries, checks of dates), as lines of apt.conf(5). */
export function listFetchSettings(): string[] {
  return runCommand("apt-config", ["dump", "--no-empty", "--format", "%F %v%n", "Acquire"])
    .split("\n")
    .map((line) => /^(Acquire::(?:https?::|Retries|Check-)\S*) (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, value]) => `${name} "${value}";`);
}

/** Fetches a package and unpacks it to `directory`, without installing it. */
export function unpackPackage(name: string, directory: string): void {
  const download = Deno.makeTempDirSync({ prefix: "runt-guest-package-" });
  try {
    runCommand("apt-get", ["download", "-q", "-o", "APT::Sandbox::User=root", name], { cwd: download });
    const file = [...Deno.readDirSync(download)].find((entry) => entry.name.endsWith(".deb"));
    if (file === undefined) throw new Error(`apt-get download ${name} left no file`);
    runCommand("dpkg-deb", ["-x", `${download}/${file.name}`, directory]);
  } finally {
    Deno.removeSync(download, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
