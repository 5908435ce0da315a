import type { ContainerState } from "../libcontainer/lifecycle/container_state.ts";

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
