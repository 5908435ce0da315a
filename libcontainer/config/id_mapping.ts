/** One line of `uid_map` or `gid_map` (`user_namespaces(7)`). */
export interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}
