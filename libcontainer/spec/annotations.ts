/**
 * Annotations by which config.json asks for what it has no field for.
 *
 * @module
 */

/** The annotation that asks for Landlock; its value is read by `../security/landlock/annotation.ts`. */
export const LANDLOCK = "io.github.runt.landlock";

/** crun's, for who is to be told of system calls, where the profile does not say it. */
export const RECEIVER = "run.oci.seccomp.receiver";
