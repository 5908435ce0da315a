/*
 * Lets User-mode Linux of Linux 6.1 run on CPUs with AMX, by LD_PRELOAD.
 *
 * It keeps the registers of its processes in 2696 bytes, which is all up to AVX-512, and writes them back with
 * PTRACE_SETREGSET. Linux takes nothing but a whole XSAVE area there, which AMX makes larger (11008 bytes); the guest
 * panics in put_fp_registers(). So the rest of the area is filled in, as the process has it. Nobody in the guest uses
 * AMX: it has to be asked for with arch_prctl(2), which the guest does not pass on.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

long ptrace(enum __ptrace_request request, ...) {
  static __thread char area[1 << 16];
  va_list arguments;
  va_start(arguments, request);
  long pid = va_arg(arguments, long), address = va_arg(arguments, long), data = va_arg(arguments, long);
  va_end(arguments);
  if (request == PTRACE_SETREGSET && address == NT_X86_XSTATE) {
    struct iovec *given = (struct iovec *)data, whole = {area, sizeof area};
    if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, address, &whole) == 0 && given->iov_len < whole.iov_len) {
      memcpy(area, given->iov_base, given->iov_len);
      return syscall(SYS_ptrace, request, pid, address, &whole);
    }
  }
  /* The system call writes what it peeks at to an address; glibc's function returns it. */
  int peeks = request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER;
  long word, result = syscall(SYS_ptrace, request, pid, address, peeks ? (long)&word : data);
  if (!peeks || result < 0) return result;
  errno = 0;
  return word;
}
