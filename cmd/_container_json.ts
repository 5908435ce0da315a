/** The state of a container as `state` and `list` print it. */
export interface ContainerState {
  readonly ociVersion: string;
  readonly id: string;
  /** The init process, seen from the host; 0 when it is gone. */
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
  readonly rootfs: string;
  /** As RFC 3339 with nanoseconds. */
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Who owns the state directory. */
  readonly owner: string;
}

/** The state with its keys in the order in which runc prints them; annotations by name, left out when there are none. */
export function orderState(state: ContainerState): ContainerState {
  const { ociVersion, id, pid, status, bundle, rootfs, created, annotations, owner } = state;
  const names = annotations ? Object.keys(annotations).sort() : [];
  const sorted = names.length > 0 && Object.fromEntries(names.map((name) => [name, annotations![name]!]));
  return {
    ociVersion,
    id,
    pid,
    status,
    bundle,
    rootfs,
    created,
    ...(sorted ? { annotations: sorted } : {}),
    owner,
  };
}
