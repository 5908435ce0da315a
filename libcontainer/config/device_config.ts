/** A device node to make in the container. */
export interface DeviceConfig {
  /** Path inside the container, absolute. */
  readonly path: string;
  /** `S_IFCHR`, `S_IFBLK` or `S_IFIFO` with the permission bits (`mknod(2)`). */
  readonly mode: number;
  readonly major: number;
  readonly minor: number;
  readonly uid: number;
  readonly gid: number;
  /** Where in config.json, such as `linux.devices[0]`; `default` for the devices every container has. */
  readonly at: string;
}
