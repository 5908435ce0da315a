/**
 * config.json of the OCI runtime specification 1.3, as types.
 *
 * @module
 */

export type * from "./hooks.ts";
export type * from "./integer.ts";
export type * from "./linux.ts";
export type * from "./mount.ts";
export type * from "./process.ts";
export type * from "./resources.ts";
export type * from "./seccomp.ts";
export type * from "./spec.ts";
