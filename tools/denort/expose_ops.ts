/**
 * Lets the loader compile a script with a code cache.
 *
 * V8 can take a compiled script instead of compiling it: for runt that is 6 ms of a `create`. Deno has the operations
 * for it, but only behind `node:vm`, whose import costs 28 ms. Its own scripts lie in its executable as text. One of
 * them, the script of `globalThis.prompt`, which nothing loads until that name is used and runt never uses, is
 * replaced by one of the same length that gives out Deno's operations.
 *
 * @module
 */
import { BuildError } from "./build_error.ts";

const START = '"use strict"; return ((function(){const{core:e,primordials:t}=__bootstrap;' +
  "const{op_read_line_prompt:n}=e.ops;";
const END = "return{alert,confirm,prompt}})());";

const REPLACEMENT = '"use strict"; return ((function(){const o=__bootstrap.core.ops,f=()=>o;' +
  "return{alert:f,confirm:f,prompt:f}";
const REPLACEMENT_END = "})());";

/**
 * Makes `prompt()` return Deno's operations. Changes the executable in place.
 *
 * @throws {BuildError} when this Deno's script of `prompt` is not the known one
 */
export function exposeOps(bytes: Uint8Array<ArrayBuffer>): void {
  const start = findText(bytes, START, 0), found = start < 0 ? -1 : findText(bytes, END, start);
  if (found < 0 || found - start > 2000) {
    throw new BuildError(
      "Cannot use code caches: Deno's script of `prompt` not found (--no-cache builds without them)",
    );
  }
  const end = found + END.length, encoder = new TextEncoder();
  bytes.fill(0x20, start, end);
  bytes.set(encoder.encode(REPLACEMENT), start);
  bytes.set(encoder.encode(REPLACEMENT_END), end - REPLACEMENT_END.length);
}

/** Where an ASCII text next starts; -1 when it does not. */
export function findText(bytes: Uint8Array, text: string, from: number): number {
  return findBytes(bytes, new TextEncoder().encode(text), from);
}

/** Where `part` next starts in `bytes`; -1 when it does not stand there. */
export function findBytes(bytes: Uint8Array, part: Uint8Array, from: number): number {
  const first = part[0];
  if (first === undefined) return -1;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < part.length && bytes[at + i] === part[i]) i++;
    if (i === part.length) return at;
  }
  return -1;
}
