/**
 * A context for unit tests of the init steps.
 *
 * @module
 */
import type { Config, ProcessConfig } from "../../libcontainer/config/config.ts";
import type { InitContext } from "../../libcontainer/init/context.ts";
import { testConfig, testContext } from "./rootfs_fixture.ts";

/** A context of a container without user namespace whose streams are root's. */
export function initContext(part: Partial<InitContext> = {}): InitContext {
  return {
    ...testContext(),
    firstFreeFd: 3,
    control: 9,
    stdio: [],
    kept: [9],
    lastCap: 1,
    setgroupsDenied: false,
    ...part,
  };
}

/** A config whose process differs in what is given. */
export function processConfig(part: Partial<ProcessConfig>): Config {
  const config = testConfig();
  return { ...config, process: { ...config.process, ...part } };
}
