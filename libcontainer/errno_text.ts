import { ENOSYS } from "../ffi/errno.ts";
import type { KernelError } from "../ffi/kernel_error.ts";

/** What the C library says of the errno, as Go has it. */
export function errnoText({ message, errno }: KernelError): string {
  if (errno === ENOSYS) return "function not implemented";
  const text = message.slice(message.lastIndexOf(": ") + 2);
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What the C library says of the errnos that `execve(2)` and `clone(2)` have, as Go has it. */
const ERRNO_TEXTS: Readonly<Record<number, string>> = {
  1: "operation not permitted",
  2: "no such file or directory",
  5: "input/output error",
  7: "argument list too long",
  8: "exec format error",
  11: "resource temporarily unavailable",
  12: "cannot allocate memory",
  13: "permission denied",
  14: "bad address",
  20: "not a directory",
  21: "is a directory",
  22: "invalid argument",
  23: "too many open files in system",
  24: "too many open files",
  26: "text file busy",
  36: "file name too long",
  40: "too many levels of symbolic links",
  80: "accessing a corrupted shared library",
};

/** What is said of an errno where nobody can ask the C library: `no such file or directory`. */
export function textOfErrno(errno: number): string {
  return ERRNO_TEXTS[errno] ?? `errno ${errno}`;
}
