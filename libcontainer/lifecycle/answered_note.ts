import type { AnswerKernel } from "../../ffi/answer.ts";
import { O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY } from "../../ffi/constants/open.ts";
import { AT_FDCWD, type Out } from "../../ffi/kernel.ts";
import { journalPath } from "../state/journal.ts";

/** Adds a line to the journal; what cannot be noted is not worth failing for. */
export function noteAnswered(kernel: AnswerKernel, root: string, ...fields: readonly (string | Out)[]): void {
  const any = { accept: "any" } as const, { text: time } = kernel.clock("", "\0");
  const { text: line, size } = kernel.text(1024, '{"time":"', time, '",', ...fields, "}\n");
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
  const journal = kernel.openat(AT_FDCWD, journalPath(root), flags, 0o600, any);
  kernel.when(journal, "ok", () => {
    kernel.call("write", [journal, line, size], any);
    kernel.close(journal, any);
  });
}
