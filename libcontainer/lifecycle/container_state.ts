import type { Status } from "../state/status.ts";
import type { Container } from "./load_container.ts";

/** A container's state as runc prints it; the first of its members are the OCI state (runtime.md, State). */
export interface ContainerState {
  readonly ociVersion: string;
  readonly id: string;
  /** 0 when the init is gone. */
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
  readonly rootfs: string;
  /** RFC 3339. */
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Name of the user who owns the state directory; empty in `state`. */
  readonly owner: string;
}

/** The state of a container now. */
export function describeContainer(
  { state, status, id }: Pick<Container, "state" | "id"> & { readonly status: Status },
  owner: string,
): ContainerState {
  const { annotations, bundle } = state.runt;
  return {
    ociVersion: state.config.version,
    id,
    pid: status === "stopped" ? 0 : state.init_process_pid,
    status,
    bundle,
    rootfs: state.config.rootfs,
    created: state.created,
    ...(Object.keys(annotations).length ? { annotations } : {}),
    owner,
  };
}
