/**
 * Cgroups that systemd makes: all that commands load of it, when they need it.
 *
 * @module
 */
export { annotatedProperties } from "./annotations.ts";
export { makeSystemdCgroup, openSystemdCgroup } from "./manager.ts";
