import type { Config } from "../config/config.ts";
import type { ProgramContext } from "../init/context.ts";
import type { Parts } from "./parts.ts";

/** What the last steps need to restrict the process by Landlock. */
export function restriction(
  { landlock }: Pick<Config, "landlock">,
  parts: Parts,
  pathsMayLack: boolean,
): Pick<ProgramContext, "restrict"> {
  if (!landlock) return {};
  return { restrict: (kernel) => parts.landlock?.restrictByLandlock(kernel, landlock, pathsMayLack) };
}
