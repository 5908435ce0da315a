import { SPEC_VERSION } from "../libcontainer/spec/version.ts";
import { printOut } from "./_print.ts";
import { programName } from "./_program_name.ts";

/** What `git describe` says of the built commit; the build puts it here. */
declare const RUNT_COMMIT: string | undefined;

/** Version of runt. */
export const VERSION = "0.1.0";

/** Version of the OCI runtime specification that runt is written against. */
export { SPEC_VERSION };

/** The commit that this executable was built from. */
export function readCommit(): string {
  return typeof RUNT_COMMIT === "string" && RUNT_COMMIT !== "" ? RUNT_COMMIT : "unknown";
}

/** What `runt --version` prints; the first line is what clients read. */
export function formatVersion(): string {
  return `${programName()} version ${VERSION}\ncommit: ${readCommit()}\nspec: ${SPEC_VERSION}\ndeno: ${Deno.version.deno}\n`;
}

/** Prints the version. Returns the exit code. */
export function printVersion(): number {
  printOut(formatVersion());
  return 0;
}
