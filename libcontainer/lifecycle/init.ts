import { runSelfInit } from "../init/self.ts";

/**
 * `runt init` (self mode): becomes the container's program.
 *
 * @returns an exit code, when it could not
 * @throws {RuntError} when a user has called it
 */
export async function becomeContainer(): Promise<number> {
  return await runSelfInit(async (config, native, kernel) => {
    const hooks = config.hooks && (await import("../hooks/mod.ts")).selfHooks(config, native, kernel);
    const { landlock } = config, restrictions = landlock && await import("./landlock.ts");
    return {
      ...(hooks && { hooks }),
      ...(restrictions && { restrict: () => restrictions.restrictByLandlock(kernel, landlock, false) }),
    };
  });
}
