/**
 * `f_type` of statfs(2): what kind of file system a descriptor is on; linux/magic.h.
 *
 * @module
 */

export const PROC_SUPER_MAGIC = 0x9fa0;
export const SYSFS_MAGIC = 0x62656572;
export const TMPFS_MAGIC = 0x1021994;
export const RAMFS_MAGIC = 0x858458f6;
export const DEVPTS_SUPER_MAGIC = 0x1cd1;
export const CGROUP_SUPER_MAGIC = 0x27e0eb;
export const CGROUP2_SUPER_MAGIC = 0x63677270;
export const SELINUX_MAGIC = 0xf97cff8c;
export const NSFS_MAGIC = 0x6e736673;
export const PID_FS_MAGIC = 0x50494446;
