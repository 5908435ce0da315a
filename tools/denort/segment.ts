/**
 * Makes our `denort`: Deno's executable with one segment more, which holds the entry stub and what it hands to
 * Deno. `deno compile` adds a segment with the program; {@linkcode aimAtScript} then tells the stub where that is.
 *
 * ```text
 *  │ Deno's segments │ stub, table, strings │ deno compile: notes, script, notes │
 *                           │ script, main ──────────────▲
 * ```
 *
 * @module
 */
import { BuildError } from "./build_error.ts";
import { findEnvironSlot, readDynamic } from "./dynamic.ts";
import {
  dropSections,
  type Elf,
  PF_R,
  PF_X,
  PROGRAM_HEADER_SIZE,
  PT_LOAD,
  PT_PHDR,
  readElf,
  type Segment,
  writeSegment,
  writeWord,
} from "./elf.ts";
import { findBytes } from "./expose_ops.ts";
import { X86_64 } from "../../ffi/init_image/x86_64.ts";
import { STUB_ROUTINES } from "../../ffi/native.ts";
import { ANSWER_ARGUMENTS_X86_64 } from "./answer_arguments_x86_64.ts";
import { ANSWER_CALLS_X86_64 } from "./answer_calls_x86_64.ts";
import { ANSWER_PATH_X86_64 } from "./answer_path_x86_64.ts";
import { ANSWER_ROOT_X86_64 } from "./answer_root_x86_64.ts";
import { ANSWER_RUN_X86_64 } from "./answer_run_x86_64.ts";
import { STUB_X86_64 } from "./stub_x86_64.ts";

/** The answer routine: its parts run into each other. */
export const ANSWER_X86_64: string = ANSWER_ARGUMENTS_X86_64 + ANSWER_ROOT_X86_64 + ANSWER_PATH_X86_64 +
  ANSWER_RUN_X86_64 +
  ANSWER_CALLS_X86_64;
/** Where the answer routine stands in the segment; in the stub's listing, `ANSWER`. */
export const ANSWER = 1024;
/** Where the stub's table stands in the segment; in the stub's listing, `TABLE`. */
export const TABLE = 5120;
/** Words of the table, as offsets from {@linkcode TABLE}; places are relative to the segment's start. */
const WORD = {
  entry: 0,
  environ: 8,
  script: 16,
  main: 24,
  argumentCount: 32,
  variableCount: 40,
  strings: 48,
} as const;

const PAGE = 4096, HUGE_PAGE = 0x200000;

/** What Deno is started with. */
export interface DenoStart {
  /** Its arguments before the caller's own, its name first. */
  readonly arguments: readonly string[];
  /** Its whole environment, as `NAME=value`. */
  readonly variables: readonly string[];
}

/** Where the first blob stands in the segment: after stub and table. */
const BLOBS = 6656;

/** Where blobs of these sizes will stand in the segment; each at a multiple of 16 bytes. */
export function placeBlobs(sizes: readonly number[]): number[] {
  let next = BLOBS;
  return sizes.map((size) => {
    const at = next;
    next = roundUp(at + size, 16);
    return at;
  });
}

/**
 * Adds the segment.
 *
 * @param deno Deno's executable, prelinked or not
 * @param blobs bytes to be mapped with it, where {@linkcode placeBlobs} says
 * @throws {BuildError} where there is no room for a program header, or no slot for `environ`
 */
export function addSegment(
  deno: Uint8Array<ArrayBuffer>,
  start: DenoStart,
  blobs: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const elf = readElf(deno), environ = findEnvironSlot(elf, readDynamic(elf));
  const used = Math.max(...elf.segments.map((segment) => segment.offset + segment.fileSize));
  const top = Math.max(...elf.segments.map((segment) => segment.address + segment.size));
  const offset = roundUp(used, PAGE), address = roundUp(top, HUGE_PAGE);
  const content = writeContent(start, blobs, { entry: elf.entry - address, environ: environ - address });
  const bytes = new Uint8Array(offset + content.length);
  bytes.set(deno.subarray(0, used));
  bytes.set(content, offset);
  const made = readElf(bytes);
  addHeader(made, {
    type: PT_LOAD,
    flags: PF_R | PF_X,
    offset,
    address,
    fileSize: content.length,
    size: content.length,
    align: PAGE,
  });
  writeWord(made.view, 24, address);
  dropSections(made);
  return bytes;
}

/** The segment's bytes: stub, table, blobs, strings. */
function writeContent(
  start: DenoStart,
  blobs: readonly Uint8Array[],
  places: { entry: number; environ: number },
): Uint8Array<ArrayBuffer> {
  const stub = fromHex(STUB_X86_64),
    answer = fromHex(ANSWER_X86_64),
    encoder = new TextEncoder();
  const texts = [...start.arguments, ...start.variables].map((text) => encoder.encode(text + "\0"));
  if (TABLE + WORD.strings + 8 * texts.length > BLOBS) {
    throw new BuildError(
      `Cannot build the executable: no room for ${texts.length} strings`,
    );
  }
  const blobsAt = placeBlobs(blobs.map((blob) => blob.length));
  const stringsAt = placeBlobs([...blobs.map((blob) => blob.length), 0]).at(-1)!;
  const size = texts.reduce((sum, text) => sum + text.length, stringsAt);
  const content = new Uint8Array(size), view = new DataView(content.buffer);
  const word = (at: number, value: number) => writeWord(view, TABLE + at, value);
  if (stub.length > ANSWER || ANSWER + answer.length > STUB_ROUTINES.spawn) {
    throw new BuildError("Cannot build the executable: the stub is too long");
  }
  content.set(stub);
  content.set(answer, ANSWER);
  // What `ffi/native.ts` calls by address.
  content.set(fromHex(X86_64.call), STUB_ROUTINES.call);
  content.set(fromHex(X86_64.spawn), STUB_ROUTINES.spawn);
  blobs.forEach((blob, index) => content.set(blob, blobsAt[index]!));
  word(WORD.entry, places.entry);
  word(WORD.environ, places.environ);
  word(WORD.argumentCount, start.arguments.length);
  word(WORD.variableCount, start.variables.length);
  let at = stringsAt;
  texts.forEach((text, index) => {
    word(WORD.strings + 8 * index, at);
    content.set(text, at);
    at += text.length;
  });
  return content;
}

/** Uses the room for one more program header which the linker left. */
function addHeader(elf: Elf, segment: Segment): void {
  const count = elf.segments.length, end = elf.headersAt + (count + 1) * PROGRAM_HEADER_SIZE;
  const next = Math.min(
    ...elf.segments.filter((other) => other.fileSize > 0 && other.offset > elf.headersAt).map(({ offset }) =>
      offset
    ),
  );
  if (end > next) {
    throw new BuildError(
      `Cannot build the executable: no slot for a program header (Deno's ${count} end at the first segment)`,
    );
  }
  const self = elf.segments.findIndex((other) => other.type === PT_PHDR);
  if (self >= 0) {
    const size = (count + 1) * PROGRAM_HEADER_SIZE;
    writeSegment(elf, self, { ...elf.segments[self]!, fileSize: size, size });
  }
  elf.view.setUint16(56, count + 1, true);
  writeSegment(elf, count, segment);
}

/** Where the parts of the script stand in it. */
export interface ScriptLayout {
  /** The script, as it was given to `deno compile`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the main slice starts. */
  readonly main: number;
  /** Where each slice ends; the byte there becomes NUL. */
  readonly ends: readonly number[];
}

/**
 * Tells the stub where the script lies that `deno compile` appended. Changes `bytes` in place.
 *
 * @param bytes the file that `deno compile` wrote
 * @throws {BuildError} when the script is not in it as it was given, or in no segment
 */
export function aimAtScript(
  bytes: Uint8Array<ArrayBuffer>,
  script: ScriptLayout,
): { start: number; end: number } {
  const elf = readElf(bytes), loads = elf.segments.filter((segment) => segment.type === PT_LOAD);
  const stub = loads.find((segment) => segment.address === elf.entry);
  if (stub === undefined) {
    throw new BuildError("Cannot build the executable: `deno compile` changed where it starts");
  }
  const start = findBytes(bytes, script.bytes, stub.offset + stub.fileSize);
  if (start < 0) {
    throw new BuildError(
      "Cannot build the executable: script not found in the file that `deno compile` wrote",
    );
  }
  const end = start + script.bytes.length;
  const home = loads.find(({ offset, fileSize }) => start >= offset && end <= offset + fileSize);
  if (home === undefined) {
    throw new BuildError("Cannot build the executable: `deno compile` put the script into no segment");
  }
  const place = start - home.offset + home.address - stub.address, table = stub.offset + TABLE;
  for (const at of script.ends) bytes[start + at] = 0;
  writeWord(elf.view, table + WORD.script, place);
  writeWord(elf.view, table + WORD.main, place + script.main);
  return { start, end };
}

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
