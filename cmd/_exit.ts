/**
 * How a command ends: at once.
 *
 * @module
 */
export { exitProcess } from "../libcontainer/process/exit.ts";
