import { runSelfInit } from "../init/self.ts";

/**
 * `runt init` (self mode): becomes the container's program.
 *
 * @returns an exit code, when it could not
 * @throws {RuntError} when a user has called it
 */
export async function becomeContainer(): Promise<number> {
  return await runSelfInit(async (config, native, kernel) => {
    if (!config.hooks) return undefined;
    const { selfHooks } = await import("../hooks/mod.ts");
    return selfHooks(config, native, kernel);
  });
}
