import { ENOSYS } from "../ffi/errno.ts";
import type { KernelError } from "../ffi/kernel_error.ts";

/** What the C library says of the errno, as Go has it. */
export function errnoText({ message, errno }: KernelError): string {
  if (errno === ENOSYS) return "function not implemented";
  const text = message.slice(message.lastIndexOf(": ") + 2);
  return text.charAt(0).toLowerCase() + text.slice(1);
}
