/**
 * The mount options that do not go to the file system, by name.
 *
 * @module
 */

/** Flags of mount(2), mount(8) has their meaning. */
const FLAGS =
  "async atime bind defaults dev diratime dirsync exec iversion lazytime loud mand noatime nodev " +
  "nodiratime noexec noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow rbind relatime " +
  "remount ro rw silent strictatime suid symfollow sync";

/** For the whole tree, mount_setattr(2) with AT_RECURSIVE. */
const RECURSIVE =
  "ratime rdev rdiratime rexec rnoatime rnodev rnodiratime rnoexec rnorelatime rnostrictatime " +
  "rnosuid rnosymfollow rrelatime rro rrw rstrictatime rsuid rsymfollow";

/** Propagation types, mount_namespaces(7). */
const PROPAGATION = "private rprivate shared rshared slave rslave unbindable runbindable";

const ALL = ` ${FLAGS} ${RECURSIVE} ${PROPAGATION} tmpcopyup idmap ridmap `;

/** What podman 4.3 and buildah 1.28 have seen to themselves, and leave in: labels, owner, first content, nothing. */
const ENGINES = ["z", "Z", "U", "copy", "nocopy", ""];

/** Whether an option of a bind mount is an engine's own, without a meaning for whoever mounts. */
export function isOfEngine(option: string): boolean {
  return ENGINES.includes(option);
}

/** Whether an option is a flag, propagation type or extension; all others are data for the file system. */
export function isMountFlag(option: string): boolean {
  return !option.includes(" ") && ALL.includes(` ${option} `);
}

/** Whether a word is a propagation type. */
export function isPropagation(word: string): boolean {
  return PROPAGATION.split(" ").includes(word);
}
