import { SPEC_VERSION } from "../spec/version.ts";

/** What a hook reads from its standard input: the container's state (runtime.md, State). */
export interface HookState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: "creating" | "created" | "running" | "stopped";
  /** The init's pid: the host's for hooks there, the container's for hooks inside. */
  readonly pid?: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Who the container is. */
export interface HookSubject {
  readonly id: string;
  readonly bundle: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The state at a moment, keys in runc's order. */
export function hookState(
  { id, bundle, annotations }: HookSubject,
  status: HookState["status"],
  pid?: number,
): HookState {
  return {
    ociVersion: SPEC_VERSION,
    id,
    status,
    ...(pid ? { pid } : {}),
    bundle,
    ...(Object.keys(annotations).length ? { annotations } : {}),
  };
}
