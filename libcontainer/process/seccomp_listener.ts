import { errnoText } from "../errno_text.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { SPEC_VERSION } from "../spec/version.ts";
import { connectUnixSocket, sendDescriptor } from "./unix_socket.ts";

/** The process that the filter is set on, and the container that it is in. */
export interface FilteredProcess {
  readonly pid: number;
  readonly pidfd: number;
  /** The container's first process, when this is another one. */
  readonly init?: number;
}

/**
 * Fetches the descriptor by which a filter tells of calls, and sends it to the agent, with the specification's
 * container process state.
 *
 * @param config of the container
 * @param fd the descriptor over there
 * @throws {RuntError} `io` with runc's texts, when there is no agent
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#containerprocessstate
 */
export function send(
  local: LocalKernel,
  config: Pick<Config, "id" | "bundle" | "annotations" | "seccomp">,
  process: FilteredProcess,
  fd: number,
): void {
  const { listenerPath = "", listenerMetadata } = config.seccomp ?? {};
  const listener = local.at({ step: "seccomp" }, () => local.pidfdGetfd(process.pidfd, fd).value);
  try {
    const socket = connect(local, listenerPath);
    try {
      sendDescriptor(local, socket, describe(config, process, listenerMetadata), listener);
    } catch (error) {
      const reason = error instanceof KernelError ? `: ${errnoText(error)}` : "";
      throw new RuntError("io", `cannot send seccomp fd to ${listenerPath}${reason}`);
    } finally {
      local.close(socket);
    }
  } finally {
    local.close(listener);
  }
}

function connect(local: LocalKernel, path: string): number {
  try {
    return connectUnixSocket(local, path);
  } catch (cause) {
    throw new RuntError("io", "failed to connect with seccomp agent specified in the seccomp profile", {
      path: "linux.seccomp.listenerPath",
      cause,
    });
  }
}

function describe(
  { id, bundle, annotations }: Pick<Config, "id" | "bundle" | "annotations">,
  { pid, init }: FilteredProcess,
  metadata: string | undefined,
): string {
  return JSON.stringify({
    ociVersion: SPEC_VERSION,
    fds: ["seccompFd"],
    pid,
    ...(metadata && { metadata }),
    state: {
      ociVersion: SPEC_VERSION,
      id,
      status: init === undefined ? "creating" : "running",
      pid: init ?? pid,
      bundle,
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
  });
}
