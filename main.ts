/**
 * runt, an OCI container runtime: arguments in, exit code out.
 *
 * Always ends by `Deno.exit`: falling off the end of the script costs a millisecond more.
 *
 * @module
 */
import { runCommandLine } from "./cmd/_command_line.ts";

Deno.exit(await runCommandLine(Deno.args));
