/**
 * runt, an OCI container runtime: arguments in, exit code out.
 *
 * Always ends by an explicit exit: falling off the end of the script costs a millisecond more.
 *
 * @module
 */
import { runCommandLine } from "./cmd/_command_line.ts";
import { exitProcess } from "./cmd/_exit.ts";

exitProcess(await runCommandLine(Deno.args));
