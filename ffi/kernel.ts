/**
 * The port to Linux: typed calls in the kernel's own names.
 *
 * A call returns a {@linkcode Result}, which may be an argument of a later call before it is known. What a
 * machine does with a call is its own affair: make it now (`local.ts`), gather calls into batches that another
 * process runs (`remote.ts`), or only note it (`recording.ts`). This file imports none of them.
 *
 * A failure throws a `KernelError`, at once or at {@linkcode Kernel.flush}, unless its errno is accepted.
 *
 * @module
 */
import {
  type Accept,
  type Arg,
  Block,
  Named,
  type Operation,
  Out,
  Result,
  type Where,
  Word,
} from "./operation.ts";
import type { PseudoName } from "./operation_kind.ts";
import {
  type CapabilityData,
  encodeCapabilityData,
  encodeCapabilityHeader,
} from "./structs/capability_data.ts";

export {
  type Accept,
  type Arg,
  Block,
  Named,
  type Operation,
  Out,
  type PseudoName,
  Result,
  type Where,
  Word,
};

/** A file descriptor: a number, or the call that returns it. */
export type Fd = number | Result;

/** The number of a descriptor; that of a call which was made already. */
export function fdNumber(fd: Fd): number {
  return typeof fd === "number" ? fd : fd.value;
}

/** The current directory, as a descriptor (`openat(2)`). */
export const AT_FDCWD = -100;

/** What a call may be told beside its arguments. */
export interface CallOptions {
  /** Errnos that do not fail the batch; the result then holds `-errno`. */
  readonly accept?: Accept;
}

/** How {@linkcode Kernel.openat2} opens (`openat2(2)`). */
export interface OpenHow {
  /** `O_*` */
  readonly flags: number;
  /** Mode of a new file. */
  readonly mode?: number;
  /** `RESOLVE_*` */
  readonly resolve?: number;
}

/** What {@linkcode Kernel.mountSetattr} changes (`mount_setattr(2)`). */
export interface MountAttr {
  /** `MOUNT_ATTR_*` to set */
  readonly set?: number;
  /** `MOUNT_ATTR_*` to clear */
  readonly clear?: number;
  /** `MS_SHARED`, `MS_PRIVATE`, `MS_SLAVE` or `MS_UNBINDABLE`; 0 leaves it */
  readonly propagation?: number;
  /** user namespace for `MOUNT_ATTR_IDMAP` */
  readonly usernsFd?: Fd;
}

/** When the body of {@linkcode Kernel.when} runs. */
export type Condition = "ok" | "failed" | "zero" | "nonzero";

/** Names of the system calls that a kernel knows. */
export type SyscallName = keyof typeof import("./syscall_numbers/x86_64.ts").SYSCALLS;

/** Linux. */
export abstract class Kernel {
  /** For whom the calls that follow are made. */
  where: Where = { step: "" };

  /** Makes, queues or notes a call. */
  protected abstract submit(operation: Operation): Result;

  /** The number of a call on this machine's architecture. */
  protected abstract number(name: SyscallName | PseudoName): number;

  /**
   * Has every call made that was queued; their results are known afterwards.
   *
   * @throws {KernelError} for the first call that failed; those behind it were not made
   */
  abstract flush(): void;

  /**
   * Has every call that was queued be made without waiting for it. Results are known, and failures thrown, at the next
   * {@linkcode Kernel.flush}.
   */
  push(): void {}

  /**
   * Queues `body`, which is run only if an earlier call (`result`) came out as `condition` says; results of calls
   * inside are skipped otherwise. It may not call {@linkcode flush}.
   */
  abstract when(result: Result, condition: Condition, body: () => void): void;

  /** A text as an argument, in which a name stands that may be another one when all this is done again (`transcript.ts`). */
  named(before: string, name: string, after: string): string | Named {
    return before + name + after;
  }

  /** A path below a directory, in which the directory's own name is told apart where it is `name`. */
  below(directory: string, name: string | undefined, after: string): string | Named {
    return name !== undefined && directory.endsWith(`/${name}`)
      ? this.named(directory.slice(0, -name.length), name, after)
      : directory + after;
  }

  /** Any call, by name. The typed calls below are made of it. */
  call(name: SyscallName | PseudoName, args: readonly Arg[], options?: CallOptions): Result {
    return this.submit({
      name,
      nr: this.number(name),
      args,
      accept: options?.accept ?? [],
      where: this.where,
      result: new Result(),
    });
  }

  /** Runs `body` with {@linkcode where} set. */
  at<T>(where: Where, body: () => T): T {
    const before = this.where;
    this.where = where;
    try {
      return body();
    } finally {
      this.where = before;
    }
  }

  // -- files: openat2(2), read(2), … ------------------------------------------------------------------------

  openat(dir: Fd, path: string | Named, flags: number, mode = 0, options?: CallOptions): Result {
    return this.call("openat", [dir, path, flags, mode], options);
  }

  openat2(dir: Fd, path: string, how: OpenHow, options?: CallOptions): Result {
    return this.call("openat2", [dir, path, u64s(how.flags, how.mode ?? 0, how.resolve ?? 0), 24], options);
  }

  close(fd: Fd, options?: CallOptions): Result {
    return this.call("close", [fd], options);
  }

  closeRange(first: number, last: number, flags: number, options?: CallOptions): Result {
    return this.call("close_range", [first, last, flags], options);
  }

  dup(fd: Fd): Result {
    return this.call("dup", [fd]);
  }

  dup3(from: Fd, to: Fd, flags: number): Result {
    return this.call("dup3", [from, to, flags]);
  }

  fcntl(fd: Fd, command: number, argument = 0, options?: CallOptions): Result {
    return this.call("fcntl", [fd, command, argument], options);
  }

  read(fd: Fd, out: Out, options?: CallOptions): Result {
    return this.call("read", [fd, out, out.size], options);
  }

  write(fd: Fd, data: string | Uint8Array, options?: CallOptions): Result {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    return this.call("write", [fd, bytes, bytes.length], options);
  }

  ftruncate(fd: Fd, length: number): Result {
    return this.call("ftruncate", [fd, length]);
  }

  lseek(fd: Fd, offset: Arg, whence: number, options?: CallOptions): Result {
    return this.call("lseek", [fd, offset, whence], options);
  }

  ioctl(fd: Fd, request: number, argument: Arg, options?: CallOptions): Result {
    return this.call("ioctl", [fd, request, argument], options);
  }

  flock(fd: Fd, operation: number, options?: CallOptions): Result {
    return this.call("flock", [fd, operation], options);
  }

  eventfd2(count: number, flags: number, options?: CallOptions): Result {
    return this.call("eventfd2", [count, flags], options);
  }

  poll(fds: Uint8Array, count: number, timeoutMs: number, options?: CallOptions): Result {
    return this.call("poll", [fds, count, timeoutMs], options);
  }

  fstat(fd: Fd, out: Out): Result {
    return this.call("fstat", [fd, out]);
  }

  newfstatat(dir: Fd, path: string, out: Out, flags: number, options?: CallOptions): Result {
    return this.call("newfstatat", [dir, path, out, flags], options);
  }

  statx(dir: Fd, path: string, flags: number, mask: number, out: Out, options?: CallOptions): Result {
    return this.call("statx", [dir, path, flags, mask, out], options);
  }

  fstatfs(fd: Fd, out: Out): Result {
    return this.call("fstatfs", [fd, out]);
  }

  mkdirat(dir: Fd, path: string, mode: number, options?: CallOptions): Result {
    return this.call("mkdirat", [dir, path, mode], options);
  }

  mknodat(dir: Fd, path: string, mode: number, device: number, options?: CallOptions): Result {
    return this.call("mknodat", [dir, path, mode, device], options);
  }

  unlinkat(dir: Fd, path: string, flags: number, options?: CallOptions): Result {
    return this.call("unlinkat", [dir, path, flags], options);
  }

  renameat(fromDir: Fd, from: string, toDir: Fd, to: string, options?: CallOptions): Result {
    return this.call("renameat", [fromDir, from, toDir, to], options);
  }

  symlinkat(target: string, dir: Fd, path: string, options?: CallOptions): Result {
    return this.call("symlinkat", [target, dir, path], options);
  }

  readlinkat(dir: Fd, path: string, out: Out, options?: CallOptions): Result {
    return this.call("readlinkat", [dir, path, out, out.size], options);
  }

  faccessat2(dir: Fd, path: string, mode: number, flags: number, options?: CallOptions): Result {
    return this.call("faccessat2", [dir, path, mode, flags], options);
  }

  fchmod(fd: Fd, mode: number, options?: CallOptions): Result {
    return this.call("fchmod", [fd, mode], options);
  }

  fchmodat(dir: Fd, path: string, mode: number): Result {
    return this.call("fchmodat", [dir, path, mode]);
  }

  fchown(fd: Fd, uid: number, gid: number, options?: CallOptions): Result {
    return this.call("fchown", [fd, uid, gid], options);
  }

  fchownat(dir: Fd, path: string, uid: number, gid: number, flags: number, options?: CallOptions): Result {
    return this.call("fchownat", [dir, path, uid, gid, flags], options);
  }

  chdir(path: string, options?: CallOptions): Result {
    return this.call("chdir", [path], options);
  }

  fchdir(fd: Fd): Result {
    return this.call("fchdir", [fd]);
  }

  getcwd(out: Out): Result {
    return this.call("getcwd", [out, out.size]);
  }

  chroot(path: string): Result {
    return this.call("chroot", [path]);
  }

  umask(mask: number): Result {
    return this.call("umask", [mask]);
  }

  memfdCreate(name: string, flags: number, options?: CallOptions): Result {
    return this.call("memfd_create", [name, flags], options);
  }

  // -- mounts: fsopen(2), open_tree(2), move_mount(2), mount_setattr(2), mount(2), pivot_root(2) ------------

  fsopen(type: string, flags: number, options?: CallOptions): Result {
    return this.call("fsopen", [type, flags], options);
  }

  /** `fsconfig(fd, FSCONFIG_SET_STRING, key, value, 0)` */
  fsconfigString(fd: Fd, key: string, value: string, options?: CallOptions): Result {
    return this.call("fsconfig", [fd, 1, key, value, 0], options);
  }

  /** `fsconfig(fd, FSCONFIG_SET_FLAG, key, NULL, 0)` */
  fsconfigFlag(fd: Fd, key: string, options?: CallOptions): Result {
    return this.call("fsconfig", [fd, 0, key, 0, 0], options);
  }

  /** `fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0)` */
  fsconfigCreate(fd: Fd, options?: CallOptions): Result {
    return this.call("fsconfig", [fd, 6, 0, 0, 0], options);
  }

  fsmount(fd: Fd, flags: number, attributes: number, options?: CallOptions): Result {
    return this.call("fsmount", [fd, flags, attributes], options);
  }

  openTree(dir: Fd, path: string | Named, flags: number, options?: CallOptions): Result {
    return this.call("open_tree", [dir, path, flags], options);
  }

  moveMount(
    fromDir: Fd,
    from: string,
    toDir: Fd,
    to: string,
    flags: number,
    options?: CallOptions,
  ): Result {
    return this.call("move_mount", [fromDir, from, toDir, to, flags], options);
  }

  mountSetattr(dir: Fd, path: string, flags: number, attr: MountAttr, options?: CallOptions): Result {
    const bytes = u64s(attr.set ?? 0, attr.clear ?? 0, attr.propagation ?? 0, 0);
    const { usernsFd } = attr;
    if (typeof usernsFd === "number") new DataView(bytes.buffer).setUint32(24, usernsFd, true);
    const struct = usernsFd instanceof Result ? new Block(bytes, [{ at: 24, value: usernsFd }]) : bytes;
    return this.call("mount_setattr", [dir, path, flags, struct, 32], options);
  }

  mount(
    source: string | null,
    target: string,
    type: string | null,
    flags: number,
    data: string | null,
    options?: CallOptions,
  ): Result {
    return this.call("mount", [source ?? 0, target, type ?? 0, flags, data ?? 0], options);
  }

  umount2(target: string, flags: number, options?: CallOptions): Result {
    return this.call("umount2", [target, flags], options);
  }

  pivotRoot(newRoot: string, putOld: string): Result {
    return this.call("pivot_root", [newRoot, putOld]);
  }

  // -- processes and namespaces: clone3(2), unshare(2), setns(2), execve(2), waitid(2) ----------------------

  clone3(args: Uint8Array | Block): Result {
    return this.call("clone3", [args, 88]);
  }

  unshare(flags: number): Result {
    return this.call("unshare", [flags]);
  }

  setns(fd: Fd, flags: number): Result {
    return this.call("setns", [fd, flags]);
  }

  execve(path: string, args: readonly string[], env: readonly string[], options?: CallOptions): Result {
    return this.call("execve", [path, stringVector(args), stringVector(env)], options);
  }

  execveat(
    dir: Fd,
    path: string,
    args: readonly string[],
    env: readonly string[],
    flags: number,
    options?: CallOptions,
  ): Result {
    return this.call("execveat", [dir, path, stringVector(args), stringVector(env), flags], options);
  }

  exitGroup(code: number | Result): Result {
    return this.call("exit_group", [code]);
  }

  /** `waitid(idtype, id, info, options, NULL)`; `info` is a 128-byte `siginfo_t`. */
  waitid(type: number, id: Fd, info: Out, flags: number, options?: CallOptions): Result {
    return this.call("waitid", [type, id, info, flags, 0], options);
  }

  kill(pid: number, signal: number, options?: CallOptions): Result {
    return this.call("kill", [pid, signal], options);
  }

  pidfdOpen(pid: number, flags: number, options?: CallOptions): Result {
    return this.call("pidfd_open", [pid, flags], options);
  }

  pidfdSendSignal(pidfd: Fd, signal: number, options?: CallOptions): Result {
    return this.call("pidfd_send_signal", [pidfd, signal, 0, 0], options);
  }

  pidfdGetfd(pidfd: Fd, fd: number, options?: CallOptions): Result {
    return this.call("pidfd_getfd", [pidfd, fd, 0], options);
  }

  setsid(): Result {
    return this.call("setsid", []);
  }

  // -- credentials and limits: setresuid(2), capset(2), prctl(2), prlimit(2) --------------------------------

  setresuid(uid: number): Result {
    return this.call("setresuid", [uid, uid, uid]);
  }

  setresgid(gid: number): Result {
    return this.call("setresgid", [gid, gid, gid]);
  }

  setgroups(groups: readonly number[], options?: CallOptions): Result {
    return this.call("setgroups", [groups.length, new Uint8Array(Uint32Array.from(groups).buffer)], options);
  }

  prctl(option: number, a1: Arg = 0, a2: Arg = 0, a3: Arg = 0, a4: Arg = 0, options?: CallOptions): Result {
    return this.call("prctl", [option, a1, a2, a3, a4], options);
  }

  /** `capset(2)`, version 3. */
  capset(sets: CapabilityData): Result {
    return this.call("capset", [encodeCapabilityHeader(), encodeCapabilityData(sets)]);
  }

  /** `prlimit64(pid, resource, &{soft, hard}, NULL)`; pid 0 is the caller. */
  prlimit(pid: number, resource: number, soft: bigint, hard: bigint, options?: CallOptions): Result {
    const limits = new BigUint64Array([soft, hard]);
    return this.call("prlimit64", [pid, resource, new Uint8Array(limits.buffer), 0], options);
  }

  /** `seccomp(operation, flags, args)` (`seccomp(2)`); a filter is encoded by `structs/sock_filter.ts`. */
  seccomp(operation: number, flags: number, args: Arg, options?: CallOptions): Result {
    return this.call("seccomp", [operation, flags, args], options);
  }

  /** `keyctl(operation, …)` (`keyctl(2)`) */
  keyctl(operation: number, a1: Arg = 0, a2: Arg = 0, a3: Arg = 0, options?: CallOptions): Result {
    return this.call("keyctl", [operation, a1, a2, a3], options);
  }

  sethostname(name: string): Result {
    return this.call("sethostname", [name, new TextEncoder().encode(name).length]);
  }

  setdomainname(name: string): Result {
    return this.call("setdomainname", [name, new TextEncoder().encode(name).length]);
  }

  /** `sigset` is 8 bytes. */
  rtSigprocmask(how: number, sigset: Uint8Array, old: Out | 0 = 0): Result {
    return this.call("rt_sigprocmask", [how, sigset, old, 8]);
  }

  /** The kernel's `struct sigaction`, 32 bytes on x86-64 and aarch64. */
  rtSigaction(signal: number, action: Uint8Array | 0, old: Out | 0 = 0): Result {
    return this.call("rt_sigaction", [signal, action, old, 8]);
  }

  // -- sockets ----------------------------------------------------------------------------------------------

  socket(family: number, type: number, protocol: number): Result {
    return this.call("socket", [family, type, protocol]);
  }

  socketpair(family: number, type: number, protocol: number, pair: Out): Result {
    return this.call("socketpair", [family, type, protocol, pair]);
  }

  /** `address` as `structs/sockaddr_un.ts` writes it. */
  bind(socket: Fd, address: Uint8Array, options?: CallOptions): Result {
    return this.call("bind", [socket, address, address.length], options);
  }

  connect(socket: Fd, address: Uint8Array, options?: CallOptions): Result {
    return this.call("connect", [socket, address, address.length], options);
  }

  /** `message` as `structs/fd_message.ts` writes it. */
  sendmsg(socket: Fd, message: Block, flags: number, options?: CallOptions): Result {
    return this.call("sendmsg", [socket, message, flags], options);
  }

  /** Copies `bytes` (4 or 8) of an earlier result to where a later call's struct has it. */
  copy(to: Out, from: Result, bytes: number): Result {
    return this.call("copy", [to, from, bytes]);
  }
}

/** Numbers as little-endian 64-bit words; none may be over 2^53. */
export function u64s(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 8), view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setUint32(8 * i, value >>> 0, true);
    view.setUint32(8 * i + 4, Math.floor(value / 0x100000000) >>> 0, true);
  });
  return bytes;
}

/** A NULL-terminated array of strings, as `argv` and `envp` are. */
export function stringVector(strings: readonly (string | Out)[]): Block {
  return new Block(
    new Uint8Array(8 * (strings.length + 1)),
    strings.map((value, i) => ({ at: 8 * i, value })),
  );
}
