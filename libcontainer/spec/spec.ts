/**
 * The whole of config.json, and the container's root filesystem.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md
 * @module
 */

import type { Hooks } from "./hooks.ts";
import type { Linux } from "./linux.ts";
import type { Mount } from "./mount.ts";
import type { Process } from "./process.ts";

/**
 * What a bundle's config.json says.
 *
 * Fields that the spec calls REQUIRED are not optional here: `loadSpec` fills those that a file leaves out
 * with Go's zero value (`""`, `0`, `false`), as runc sees them, and the checks in `validate/` refuse the
 * ones that cannot stay empty. A `null` in the file is the same as an absent field.
 */
export interface Spec {
  /** Version (SemVer) of the runtime specification that the bundle follows. */
  readonly ociVersion: string;
  /** The container's root filesystem. Required on Linux. */
  readonly root?: Root;
  /** The container's process. Required by `start`, and by runc and runt already for `create`. */
  readonly process?: Process;
  /** Host name inside the container; needs a uts namespace. */
  readonly hostname?: string;
  /** NIS domain name inside the container; needs a uts namespace. */
  readonly domainname?: string;
  /** Mounts on top of `root`, made in this order. */
  readonly mounts?: readonly Mount[];
  /** Programs run at points of the container's life. */
  readonly hooks?: Hooks;
  /** Arbitrary metadata. Keys should be in reverse domain notation. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Everything that only Linux has. */
  readonly linux?: Linux;
  /** Sections of other platforms, which Linux runtimes ignore; their content is not looked at. */
  readonly solaris?: unknown;
  readonly windows?: unknown;
  readonly vm?: unknown;
  readonly zos?: unknown;
  readonly freebsd?: unknown;
}

/** The container's root filesystem. */
export interface Root {
  /** The directory, absolute or relative to the bundle. */
  readonly path: string;
  /** Whether the root filesystem is read-only inside the container. Default false. */
  readonly readonly?: boolean;
}
