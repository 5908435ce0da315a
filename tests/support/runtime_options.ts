import type { RuntimeOptions } from "../../libcontainer/lifecycle/options.ts";
import { silentLogger } from "../../libcontainer/log.ts";

/** What runt's global flags come to when none is given, for a test that calls commands in its own process. */
export function usualOptions(root: string): RuntimeOptions {
  return { root, systemdCgroup: false, rootless: "auto", init: "image", log: silentLogger, debug: false };
}
