import { RECEIVER } from "../spec/annotations.ts";
import type { LinuxSeccomp, LinuxSyscall } from "../spec/seccomp.ts";
import type { Check, Report } from "./issue.ts";
import { isSeccompOn } from "./seccomp_on.ts";

const ACTIONS = "KILL KILL_PROCESS KILL_THREAD TRAP ERRNO TRACE ALLOW LOG NOTIFY".split(" ");
const OPERATORS = "NE LT LE EQ GE GT MASKED_EQ".split(" ");
const ARCHITECTURES =
  ("X86 X86_64 X32 ARM AARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 " +
    "PPC64LE S390 S390X PARISC PARISC64 RISCV64 LOONGARCH64 M68K SH SHEB").split(" ");
const FLAGS = "TSYNC LOG SPEC_ALLOW WAIT_KILLABLE_RECV".split(" ");

/** `linux.seccomp`; whether a system call's name is known is seen when the filter is compiled. runc's texts. */
export const checkSeccomp: Check = ({ spec, error, warn }) => {
  const seccomp = spec.linux?.seccomp;
  if (seccomp === undefined || !isSeccompOn(seccomp)) return;
  const path = "linux.seccomp";
  checkAction(seccomp.defaultAction, `${path}.defaultAction`, error);
  checkErrno(seccomp.defaultAction, seccomp.defaultErrnoRet, `${path}.defaultErrnoRet`, error);
  if (seccomp.defaultAction === "SCMP_ACT_NOTIFY") {
    error(`${path}.defaultAction`, "SCMP_ACT_NOTIFY cannot be used as default action");
  }
  checkNames(seccomp, path, error);
  const syscalls = seccomp.syscalls ?? [];
  for (let i = 0; i < syscalls.length; i++) checkSyscall(syscalls[i]!, `${path}.syscalls[${i}]`, error);
  const listener = seccomp.listenerPath || spec.annotations?.[RECEIVER];
  if (!listener && syscalls.some(({ action }) => action === "SCMP_ACT_NOTIFY")) {
    error(`${path}.listenerPath`, "seccomp listenerPath is not set");
  }
  if (seccomp.listenerMetadata && !seccomp.listenerPath) {
    warn(`${path}.listenerMetadata`, "ignored, since listenerPath is not set");
  }
};

function checkNames({ architectures = [], flags = [] }: LinuxSeccomp, path: string, error: Report): void {
  for (let i = 0; i < architectures.length; i++) {
    if (!isOneOf(architectures[i]!, "SCMP_ARCH_", ARCHITECTURES)) {
      error(`${path}.architectures[${i}]`, `string ${architectures[i]} is not a valid arch for seccomp`);
    }
  }
  for (let i = 0; i < flags.length; i++) {
    if (!isOneOf(flags[i]!, "SECCOMP_FILTER_FLAG_", FLAGS)) {
      error(`${path}.flags[${i}]`, `seccomp flag ${flags[i]} is not known to runt`);
    }
  }
}

function checkSyscall(
  { names, action, errnoRet, args = [] }: LinuxSyscall,
  path: string,
  error: Report,
): void {
  if (names.length === 0) error(`${path}.names`, "must not be empty");
  checkAction(action, `${path}.action`, error);
  checkErrno(action, errnoRet, `${path}.errnoRet`, error);
  if (action === "SCMP_ACT_NOTIFY" && names.includes("write")) {
    error(`${path}.action`, "SCMP_ACT_NOTIFY cannot be used for the write syscall");
  }
  for (let i = 0; i < args.length; i++) {
    const { index, op } = args[i]!;
    if (index < 0 || index > 5) error(`${path}.args[${i}].index`, `must be between 0 and 5, not ${index}`);
    if (!isOneOf(op, "SCMP_CMP_", OPERATORS)) {
      error(`${path}.args[${i}].op`, `string ${op} is not a valid operator for seccomp`);
    }
  }
}

function checkAction(action: string, path: string, error: Report): void {
  if (!isOneOf(action, "SCMP_ACT_", ACTIONS)) {
    error(path, `string ${action} is not a valid action for seccomp`);
  }
}

/** What has no room in a verdict would be cut off, to another errno; of an errno the kernel has 4095 at the most. */
function checkErrno(action: string, errno: number | undefined, path: string, error: Report): void {
  const most = action === "SCMP_ACT_ERRNO" ? 4094 : action === "SCMP_ACT_TRACE" ? 0xffff : Infinity;
  if (errno !== undefined && errno > most) error(path, `must be at most ${most} for ${action}, not ${errno}`);
}

function isOneOf(word: string, prefix: string, names: readonly string[]): boolean {
  return word.startsWith(prefix) && names.includes(word.slice(prefix.length));
}
