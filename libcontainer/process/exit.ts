/**
 * The end of this process.
 *
 * @module
 */
export { exitProcess } from "../../ffi/native.ts";
