import { type Config, writesToCgroup } from "../config/config.ts";
import { createConfig } from "../config/create_config.ts";
import { Host } from "../host/facts.ts";
import { checkTerminal } from "../process/check_terminal.ts";
import { loadValidSpec } from "../validate/mod.ts";
import { LANDLOCK } from "../spec/annotations.ts";
import type { Spec } from "../spec/mod.ts";
import { stateDirectory } from "../state/state_directory.ts";
import { validateId } from "./container_id.ts";
import { compileFilter } from "./compile_filter.ts";
import type { RuntimeOptions } from "./options.ts";
import { loadParts, type Parts, type PartsOptions } from "./parts.ts";
import { isRootless } from "./rootless.ts";

/** How a container is made. */
export interface MakeOptions extends PartsOptions {
  /** The bundle's directory, absolute. */
  readonly bundle: string;
  /** Where to write the init's pid. */
  readonly pidFile?: string;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  /** How many descriptors from 3 on the program gets. */
  readonly preserveFds: number;
  /** How many of these are sockets of a service manager. */
  readonly listenFds?: number;
  /** Where to send the master of the container's terminal. */
  readonly consoleSocket?: string;
}

/** A container that can be made: its bundle was read and checked, and nothing touched. */
export interface Plan {
  readonly id: string;
  readonly config: Config;
  readonly host: Host;
  readonly options: MakeOptions;
  /** What the making needs for this container and not for most: it cannot wait for a module to be loaded. */
  readonly parts: Parts;
}

/**
 * Reads and checks a bundle, and loads what making it takes.
 *
 * @param runtime the caller's wishes
 * @param id a name that no container has
 * @param detach whether runt leaves the container to itself
 * @throws {RuntError} for a bad name or config.json
 */
export async function planContainer(
  runtime: RuntimeOptions,
  id: string,
  options: MakeOptions,
  detach: boolean,
): Promise<Plan> {
  validateId(id);
  const { log } = runtime, host = new Host();
  const { spec, warnings } = loadValidSpec(options.bundle, host, {
    noPivot: options.noPivot,
    systemdCgroup: runtime.systemdCgroup,
    rootless: isRootless(),
  });
  log.debug(`config.json of ${options.bundle} is valid`);
  checkTerminal(spec.process?.terminal ?? false, detach, options.consoleSocket);
  for (const { path, message } of warnings) log.warn(`${path}: ${message}`);
  const wanted = { ...options, init: runtime.init, ...(runtime.systemdCgroup && { systemd: log }) };
  const parts = await loadParts(spec, wanted, stateDirectory(runtime.root, id), id, host);
  const listening = Deno.env.has("LISTEN_FDS") ? await countListening() : undefined;
  const config = createConfig(addServices(spec, parts, listening?.variables), host.lastCap, {
    id,
    bundle: options.bundle,
    noPivot: options.noPivot,
    newKeyring: !options.noNewKeyring,
  });
  const owner = host.cgroupMode === "unified" && writesToCgroup(config)
    ? await import("./cgroup_owner.ts")
    : undefined;
  const seccomp = await compileFilter(spec.linux?.seccomp, spec.annotations);
  if (seccomp) log.debug(`seccomp filter flags: ${seccomp.flags}`);
  const landlock = parts.landlock?.planLandlock(spec.annotations![LANDLOCK]!, (text) => log.warn(text));
  const listenFds = listening?.count ?? 0, preserveFds = listenFds + options.preserveFds;
  return {
    id,
    config: { ...config, ...(seccomp && { seccomp }), ...(landlock && { landlock }) },
    host,
    options: { ...options, preserveFds, listenFds },
    parts: owner ? { ...parts, giveCgroup: owner.giveCgroup } : parts,
  };
}

async function countListening(): Promise<{ count: number; variables: string[] }> {
  const { listenFds, listenVariables } = await import("./listen_fds.ts");
  const count = listenFds((name) => Deno.env.get(name), Deno.pid);
  return { count, variables: listenVariables(count) };
}

/** What a service manager is to the container, as runc has it. */
function addServices(given: Spec, { notifySocket }: Parts, variables: readonly string[] = []): Spec {
  const spec = notifySocket ? notifySocket.addTo(given) : given, { process } = spec;
  if (!process || !variables.length) return spec;
  return { ...spec, process: { ...process, env: [...process.env ?? [], ...variables] } };
}
