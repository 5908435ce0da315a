import { exists, readTextFile } from "../../ffi/files.ts";
import type { LinuxNamespaceType } from "../spec/linux.ts";
import type { HostFacts } from "../validate/facts.ts";
import { type CgroupHierarchies, type CgroupMode, parseCgroupHierarchies } from "./cgroup_hierarchies.ts";

/** Where the facts are read; tests put their own directories here. */
export interface HostRoots {
  readonly proc: string;
  readonly sys: string;
}

/** This host. Each fact is read when first asked for, once. */
export class Host implements HostFacts {
  readonly #roots: HostRoots;
  readonly #known = new Map<string, unknown>();

  /** @param roots `/proc` and `/sys`, unless told */
  constructor(roots: HostRoots = { proc: "/proc", sys: "/sys" }) {
    this.#roots = roots;
  }

  /** The cgroup hierarchies and this process's place in them. */
  get cgroups(): CgroupHierarchies {
    return this.#once("cgroups", () => {
      const cgroup = readTextFile(`${this.#roots.proc}/self/cgroup`);
      return parseCgroupHierarchies(this.#mountinfo, cgroup, `${this.#roots.sys}/fs/cgroup`);
    });
  }

  get cgroupMode(): CgroupMode {
    return this.cgroups.mode;
  }

  get lastCap(): number {
    return this.#once(
      "lastCap",
      () => Number(readTextFile(`${this.#roots.proc}/sys/kernel/cap_last_cap`)),
    );
  }

  get apparmorEnabled(): boolean {
    return this.#once("apparmor", () => {
      const { sys } = this.#roots;
      return exists(`${sys}/kernel/security/apparmor`) &&
        (read(`${sys}/module/apparmor/parameters/enabled`)?.startsWith("Y") ?? false);
    });
  }

  get selinuxEnabled(): boolean {
    return this.#once("selinux", () => {
      // Mounted, and for more than looking: read-only is how one hides it from a container. Before a policy is loaded
      // everything is labelled `kernel`, and no other label is taken.
      const line = this.#mountinfo.split("\n").find((line) => line.includes(" - selinuxfs "));
      const options = line?.split(" ").flatMap((field) => field.split(","));
      const label = read(`${this.#roots.proc}/self/attr/current`)?.replace(/[\0\n]+$/, "");
      return options !== undefined && !options.includes("ro") && label !== undefined && label !== "kernel";
    });
  }

  get intelRdt(): { readonly root: string; readonly cat: boolean; readonly mba: boolean } | undefined {
    return this.#once("intelRdt", () => {
      const line = this.#mountinfo.split("\n").find((line) => line.includes(" - resctrl "));
      const root = line?.split(" ")[4];
      return root === undefined
        ? undefined
        : { root, cat: exists(`${root}/info/L3`), mba: exists(`${root}/info/MB`) };
    });
  }

  hasNamespace(type: LinuxNamespaceType): boolean {
    const file = type === "network" ? "net" : type === "mount" ? "mnt" : type;
    return this.#once(`ns/${file}`, () => exists(`${this.#roots.proc}/self/ns/${file}`));
  }

  isOwnNamespace(type: "network" | "mount", path: string): boolean {
    const own = Deno.statSync(`${this.#roots.proc}/self/ns/${type === "network" ? "net" : "mnt"}`),
      other = Deno.statSync(path);
    return own.dev === other.dev && own.ino === other.ino;
  }

  /** Whether this process is in a user namespace that maps less than all ids (`user_namespaces(7)`). */
  get inUserNamespace(): boolean {
    return this.#once("userns", () => {
      const map = read(`${this.#roots.proc}/self/uid_map`);
      return map !== undefined && map !== "         0          0 4294967295\n";
    });
  }

  get #mountinfo(): string {
    return this.#once("mountinfo", () => readTextFile(`${this.#roots.proc}/self/mountinfo`));
  }

  #once<T>(name: string, probe: () => T): T {
    // A fact may be undefined, so what counts is whether it is there.
    if (!this.#known.has(name)) this.#known.set(name, probe());
    return this.#known.get(name) as T;
  }
}

function read(path: string): string | undefined {
  try {
    return readTextFile(path);
  } catch {
    return undefined;
  }
}
