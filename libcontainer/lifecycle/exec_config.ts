import type { Config } from "../config/config.ts";
import { createExecConfig, createProcess } from "../config/create_process.ts";
import { RuntError } from "../error.ts";
import type { Host } from "../host/facts.ts";
import { LANDLOCK } from "../spec/annotations.ts";
import { loadSpec } from "../spec/load.ts";
import type { Spec } from "../spec/spec.ts";
import { assertValidProcess } from "../validate/process_checks.ts";
import { compileFilter } from "./compile_filter.ts";
import {
  changeProcess,
  dropUnknownCapabilities,
  parseProcessFile,
  type ProcessFlags,
} from "./exec_process.ts";
import type { ContainerFacts } from "./load_facts.ts";
import type { Parts, PartsOptions } from "./parts.ts";
import { isRootless } from "./rootless.ts";
import type { RuntimeOptions } from "./options.ts";

/** What process is asked for. */
export interface ExecRequest extends PartsOptions {
  /** What the flags say of it. */
  readonly process: ProcessFlags;
  /** A file that says it all, in their place. */
  readonly processFile?: string | undefined;
}

/** What {@linkcode planExec} finds out. */
export interface PlannedExec {
  readonly config: Config;
  readonly from: string;
  readonly parts: Parts;
  readonly processText: string | undefined;
}

/**
 * The config of a process that is executed in a container: its own, and what all processes of the container have in
 * common. There is nothing to be made in it.
 *
 * @returns the config, what few of them need, the directory that relative paths of sockets are taken from, and what
 *   stands in the process's file
 * @throws {RuntError} for a process that cannot be
 */
export async function planExec(
  runtime: RuntimeOptions,
  { id, state: { runt: { bundle, newKeyring = true, hostMounts } } }: ContainerFacts,
  request: ExecRequest,
  host: Host,
): Promise<PlannedExec> {
  const spec = loadSpec(bundle);
  if (!spec.process) throw new RuntError("invalid-config", "process property must not be empty");
  const { processFile } = request, { linux = {} } = spec;
  const processText = processFile === undefined ? undefined : Deno.readTextFileSync(processFile);
  const asked = processText === undefined
    ? changeProcess(spec.process, request.process)
    : parseProcessFile(processText, processFile!, spec.process);
  const process = dropUnknownCapabilities(asked, (text) => runtime.log.warn(text));
  const { seccomp, personality, memoryPolicy } = linux;
  const common: Spec = {
    ociVersion: spec.ociVersion,
    root: { path: "/" },
    process,
    linux: {
      ...(seccomp && { seccomp }),
      ...(personality && { personality }),
      ...(memoryPolicy && { memoryPolicy }),
    },
  };
  const warnings = assertValidProcess(common, host, { rootless: isRootless() }, processFile);
  for (const { path, message } of warnings) runtime.log.warn(`${path}: ${message}`);
  const plain = createExecConfig(createProcess(process, host.lastCap, common.linux), {
    id,
    bundle,
    newKeyring,
  });
  const filter = await compileFilter(seccomp, spec.annotations);
  if (filter) runtime.log.debug(`seccomp filter flags: ${filter.flags}`);
  const annotation = spec.annotations?.[LANDLOCK];
  const restrictions = annotation === undefined ? undefined : await import("./landlock.ts");
  // What the kernel lacks was told when the container was made.
  const landlock = restrictions?.planLandlock(annotation!, () => {});
  const config = { ...plain, ...(filter && { seccomp: filter }), ...(landlock && { landlock }) };
  const { pidfdSocket: path } = request;
  // As in runc, which changes to the bundle unless it reads a file.
  const from = processFile === undefined ? bundle : "";
  const terminal = config.process.terminal && await import("../process/terminal.ts");
  const pidfdSocket = path && new (await import("../process/pidfd_socket.ts")).PidfdSocket(path, from);
  const root = hostMounts && await import("./host_root.ts");
  const parts: Parts = {
    ...(pidfdSocket && { pidfdSocket }),
    ...(terminal && { terminal, openTerminal: (await import("../rootfs/pty.ts")).openTerminal }),
    ...(root && { enterRoot: (kernel) => root.enterRoot(kernel, hostMounts!) }),
    ...(restrictions && { landlock: restrictions }),
    ...(filter?.listenerPath && { seccompListener: await import("../process/seccomp_listener.ts") }),
  };
  return { config, from, parts, processText };
}
