import type { Config } from "../config/config.ts";
import { createConfig } from "../config/create_config.ts";
import { Host } from "../host/facts.ts";
import { loadValidSpec } from "../validate/mod.ts";
import { validateId } from "./container_id.ts";
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
 * @throws {RuntError} for a bad name or config.json
 */
export async function planContainer(
  runtime: RuntimeOptions,
  id: string,
  options: MakeOptions,
): Promise<Plan> {
  validateId(id);
  const { log } = runtime, host = new Host();
  const { spec, warnings } = loadValidSpec(options.bundle, host, {
    noPivot: options.noPivot,
    systemdCgroup: runtime.systemdCgroup,
    rootless: isRootless(),
  });
  for (const { path, message } of warnings) log.warn(`${path}: ${message}`);
  const config = createConfig(spec, host.lastCap, {
    id,
    bundle: options.bundle,
    noPivot: options.noPivot,
    newKeyring: !options.noNewKeyring,
  });
  return { id, config, host, options, parts: await loadParts(spec, options) };
}
