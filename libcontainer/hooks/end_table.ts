/**
 * A table of texts that a process without JavaScript can look things up in: what became of a hook, when nobody is
 * there to put it into words.
 *
 * It is a file of records, 64 bytes each. A text's place is worked out by `lseek(2)`, the one call that adds:
 *
 * ```
 *  record   256 × si_code + si_status    exit status 3 │ signal: killed │ signal: aborted (core dumped)
 *           1024 − errno                 no such file or directory
 *
 *  0        8                       64
 *  ┌────────┬────────────────────────┐
 *  │ length │ text                   │
 *  └────────┴────────────────────────┘
 * ```
 *
 * @module
 */
import { MFD_CLOEXEC, SEEK_CUR, SEEK_SET } from "../../ffi/constants/fcntl.ts";
import { CLD_DUMPED, CLD_EXITED, CLD_KILLED } from "../../ffi/constants/wait.ts";
import { type Kernel, Out, type Result, Word } from "../../ffi/kernel.ts";
import { textOfErrno } from "../errno_text.ts";
import { endText } from "./outcome.ts";
import { openMemory } from "./streams.ts";

const RECORD = 64, LENGTH = 8;
const LAST_STATUS = 255, LAST_SIGNAL = 64, LAST_ERRNO = 133, ERRNO_BASE = 1024;
const accept = "any";

/** Makes the table in the process of a kernel. */
export function openEndTable(kernel: Kernel): number {
  const fd = openMemory(kernel, "texts", MFD_CLOEXEC);
  const put = (first: number, texts: readonly string[]) => {
    const bytes = new Uint8Array(RECORD * texts.length), view = new DataView(bytes.buffer);
    texts.forEach((text, index) => {
      const { written } = new TextEncoder().encodeInto(
        text,
        bytes.subarray(RECORD * index + LENGTH, RECORD * (index + 1)),
      );
      view.setUint32(RECORD * index, written, true);
    });
    kernel.lseek(fd, RECORD * first, SEEK_SET);
    kernel.write(fd, bytes);
  };
  const upTo = (last: number, text: (number: number) => string) =>
    Array.from({ length: last }, (_, index) => text(index + 1));
  put(256 * CLD_EXITED + 1, upTo(LAST_STATUS, (status) => endText(CLD_EXITED, status)));
  for (const code of [CLD_KILLED, CLD_DUMPED]) {
    put(256 * code + 1, upTo(LAST_SIGNAL, (signal) => endText(code, signal)));
  }
  put(ERRNO_BASE - LAST_ERRNO, upTo(LAST_ERRNO, textOfErrno).reverse());
  kernel.flush();
  return fd;
}

/** Queues the working out of `256 × (code − CLD_EXITED) + status`, which is 0 when all is well. */
export function queueEnd(kernel: Kernel, table: number, code: Word, status: Word): Result {
  let at = kernel.lseek(table, code, SEEK_SET);
  for (let i = 0; i < 8; i++) at = kernel.lseek(table, at, SEEK_CUR);
  kernel.lseek(table, status, SEEK_CUR);
  return kernel.lseek(table, -256 * CLD_EXITED, SEEK_CUR, { accept });
}

/** Queues the writing of the text for what {@linkcode queueEnd} came to. */
export function queueEndText(kernel: Kernel, table: number, end: Result, to: number): void {
  kernel.lseek(table, end, SEEK_SET);
  queueText(kernel, table, kernel.lseek(table, 256 * CLD_EXITED, SEEK_CUR), to);
}

/** Queues the writing of the text for an errno. */
export function queueErrnoText(kernel: Kernel, table: number, negative: Word | Result, to: number): void {
  kernel.lseek(table, ERRNO_BASE, SEEK_SET);
  queueText(kernel, table, kernel.lseek(table, negative, SEEK_CUR), to);
}

/** Queues the writing of the record whose number the file's position is. */
function queueText(kernel: Kernel, table: number, number: Result, to: number): void {
  const length = new Out(LENGTH), text = new Out(RECORD - LENGTH);
  for (let size = 1, at = number; size < RECORD; size *= 2) at = kernel.lseek(table, at, SEEK_CUR);
  kernel.read(table, length);
  kernel.read(table, text);
  kernel.call("write", [to, text, new Word(length, 0)], { accept });
}
