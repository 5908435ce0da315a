import type { Logger } from "../log.ts";

/** What every lifecycle call needs to know of the caller's wishes; one value for the whole command. */
export interface RuntimeOptions {
  /** Directory of the containers' state, absolute and lexically clean, never `/`. */
  readonly root: string;
  /** Cgroups are made by systemd, and `linux.cgroupsPath` reads `slice:prefix:name`. */
  readonly systemdCgroup: boolean;
  /** Whether missing rights on cgroups are forgiven; `auto` decides by who the caller is. */
  readonly rootless: "auto" | "true" | "false";
  /** What runs inside the new namespaces: the init image, or runt itself (`runt init`). */
  readonly init: "image" | "self";
  /** Where progress and problems are reported. */
  readonly log: Logger;
  /** The caller asked for details; whatever is expensive to describe may look here first. */
  readonly debug: boolean;
}
