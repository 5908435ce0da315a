/**
 * What answers to `run` and `exec` have in common: whether all is as it was, and how what was done is done again.
 *
 * @module
 */
import type { AnswerKernel } from "../../ffi/answer.ts";
import { F_ADD_SEALS, MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_EXEC } from "../../ffi/constants/fcntl.ts";
import { O_CLOEXEC, O_NONBLOCK } from "../../ffi/constants/open.ts";
import { SIG_BLOCK, SIG_SETMASK, SIGCHLD, SIGKILL } from "../../ffi/constants/signal.ts";
import { AF_UNIX, MSG_NOSIGNAL, SOCK_CLOEXEC, SOCK_SEQPACKET } from "../../ffi/constants/socket.ts";
import { __WALL, P_PID, WEXITED } from "../../ffi/constants/wait.ts";
import { EINVAL } from "../../ffi/errno.ts";
import { writeInitImage } from "../../ffi/init_image/elf.ts";
import { AT_FDCWD, Out, type Result, u64s } from "../../ffi/kernel.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import { ALL_SEALS } from "../../ffi/memfd.ts";
import type { Native } from "../../ffi/native.ts";
import { At, Prepared, type Word } from "../../ffi/operation.ts";
import { STAT, STAT_SIZE } from "../../ffi/structs/stat.ts";
import { encodeSigset, SIGACTION_SIZE } from "../../ffi/structs/sigaction.ts";
import { SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";
import type { Reply, SentMessage, Transcript } from "../../ffi/transcript.ts";
import type { ProcessConfig } from "../config/config.ts";
import { inspectStandardStreams, NULL_DEVICE } from "../process/standard_streams.ts";

/** Bytes of the longest id that the entry stub takes, with its NUL. */
export const ID_SIZE = 208;
/** The byte of `st_mode` that says what a file is, beside some of its permissions. */
const KIND_BYTE = STAT.mode + 1;
/** That byte of a file that its owner may read. */
const READABLE_FILE = 0x81;
/** Of `struct stat`: device to size, and times but that of the last read. */
const IDENTITY = [[0, 72], [88, 120]] as const;
/** Namespaces of the caller that decide what his words mean. */
const NAMESPACES = ["user", "mnt", "pid", "cgroup", "net", "ipc", "uts"];
const encoder = new TextEncoder();

/** Bytes of a text and its NUL. */
export function terminated(text: string): Uint8Array {
  return encoder.encode(text + "\0");
}

/** The answer holds only for the executable that left it, and a caller in the namespaces of this one. */
export function expectCaller(kernel: AnswerKernel, local: LocalKernel): void {
  expectFile(kernel, local, "/proc/self/exe");
  for (const name of NAMESPACES) {
    const path = `/proc/self/ns/${name}`, link = new Out(64);
    kernel.call("readlinkat", [AT_FDCWD, path, link, link.size - 1]);
    kernel.expectBytes(link, terminated(Deno.readLinkSync(path)));
  }
}

/** The answer holds only while a file, of less than a page, has that text. */
export function expectText(kernel: AnswerKernel, path: string, text: string): void {
  const expected = terminated(text), read = new Out(4096);
  if (expected.length > read.size) throw new RangeError("Cannot expect so long a text");
  const fd = kernel.openat(AT_FDCWD, path, O_CLOEXEC);
  kernel.read(fd, read);
  kernel.close(fd);
  kernel.expectBytes(read, expected);
}

/** The answer holds only where a file, at a path that is another one each time, has that text. */
export function expectContent(kernel: AnswerKernel, path: Result, text: string): void {
  const expected = encoder.encode(text), stat = new Out(STAT_SIZE), read = new Out(expected.length + 1);
  // Looked at first: what is not a file may give what it has only once.
  kernel.call("newfstatat", [AT_FDCWD, path, stat, 0]);
  kernel.expectBytes(new At(stat, KIND_BYTE), Uint8Array.of(READABLE_FILE));
  kernel.expectBytes(new At(stat, STAT.size), u64s(expected.length));
  const fd = kernel.call("openat", [AT_FDCWD, path, O_CLOEXEC | O_NONBLOCK, 0]);
  kernel.expectValue(kernel.read(fd, read), expected.length);
  kernel.close(fd);
  kernel.expectBytes(read, expected);
}

/** The answer holds only while a file is the one that it is now, unchanged since. */
export function expectFile(kernel: AnswerKernel, local: LocalKernel, path: string): void {
  expectStat(kernel, local, path, IDENTITY);
}

/** The answer holds only while a directory is the one that it is now. */
export function expectDirectory(kernel: AnswerKernel, local: LocalKernel, path: string): void {
  expectStat(kernel, local, path, [[0, 16]]);
}

function expectStat(
  kernel: AnswerKernel,
  local: LocalKernel,
  path: string,
  parts: readonly (readonly [number, number])[],
): void {
  const now = new Out(STAT_SIZE), then = new Out(STAT_SIZE);
  local.newfstatat(AT_FDCWD, path, now, 0);
  kernel.newfstatat(AT_FDCWD, path, then, 0);
  for (const [from, to] of parts) kernel.expectBytes(new At(then, from), now.bytes.slice(from, to));
}

/**
 * The answer holds only where the standard streams are of the same kinds as here: the null device is opened anew, and
 * files and terminals are written to through pipes, which nobody would copy. All but the null device must be the user's,
 * so that none has to be given to him. See `inspectStandardStreams()`.
 */
export function expectStreams(kernel: AnswerKernel, local: LocalKernel, uid: number): void {
  const owner = u64s(uid).slice(0, 4), nullDevice = u64s(NULL_DEVICE);
  for (const { fd, isDevNull } of inspectStandardStreams(local, false)) {
    const now = new Out(STAT_SIZE), then = new Out(STAT_SIZE);
    local.fstat(fd, now);
    kernel.fstat(fd, then);
    kernel.expectBytes(new At(then, KIND_BYTE), now.bytes.slice(KIND_BYTE, KIND_BYTE + 1));
    const other = kernel.call("compare", [new At(then, STAT.rdev), nullDevice, 8]);
    kernel.expect(other, isDevNull ? "zero" : "nonzero");
    if (!isDevNull) kernel.expectBytes(new At(then, STAT.uid), owner);
  }
}

/** Has signals wait, to be passed on later, and children be reaped by nobody else. Returns what puts that back. */
export function keepSignals(kernel: AnswerKernel): () => void {
  const mask = new Out(8), action = new Out(SIGACTION_SIZE), options = { accept: "any" } as const;
  const byDefault = kernel.call("rt_sigaction", [SIGCHLD, new Uint8Array(SIGACTION_SIZE), action, 8]);
  const blocked = kernel.call("rt_sigprocmask", [SIG_BLOCK, encodeSigset(), mask, 8]);
  return () => {
    kernel.when(byDefault, "ok", () => void kernel.call("rt_sigaction", [SIGCHLD, action, 0, 8], options));
    kernel.when(blocked, "ok", () => void kernel.call("rt_sigprocmask", [SIG_SETMASK, mask, 0, 8], options));
  };
}

/** What {@linkcode replaySpawn} makes. */
export interface Replayed {
  readonly pid: Result;
  readonly pidfd: Word;
  /** Our end of the control socket. */
  readonly socket: Word;
  /** Queues what ends it, should anything go wrong. */
  undo(): void;
}

/**
 * Makes a process of the init image, as {@linkcode Transcript.spawned} says.
 *
 * @param cgroup a directory of cgroup v2 to be cloned into
 */
export function replaySpawn(
  kernel: AnswerKernel,
  native: Native,
  local: LocalKernel,
  { namespaces, control }: NonNullable<Transcript["spawned"]>,
  cgroup: Result | undefined,
): Replayed {
  const any = { accept: "any" } as const, pair = new Out(8);
  const made = kernel.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
  const socket = kernel.word32(pair, 0), theirs = kernel.word32(pair, 4);
  const image = kernel.memfdCreate("runt-init", MFD_CLOEXEC | MFD_ALLOW_SEALING | executableFlag(local));
  kernel.write(image, writeInitImage(native.code, control));
  kernel.fcntl(image, F_ADD_SEALS, ALL_SEALS);
  const { pid, pidfd } = kernel.spawn(image, theirs, { namespaces, control, cgroup, name: "runt init" });
  kernel.call("close", [theirs]);
  kernel.close(image);
  const undo = () => {
    kernel.when(pid, "ok", () => {
      endChild(kernel, pid, pidfd);
      kernel.call("close", [pidfd], any);
    });
    kernel.when(pid, "failed", () => {
      kernel.when(made, "ok", () => void kernel.call("close", [theirs], any));
      kernel.close(image, any);
    });
    kernel.when(made, "ok", () => void kernel.call("close", [socket], any));
  };
  return { pid, pidfd, socket, undo };
}

/** Ends a child, and reaps it. */
export function endChild(kernel: AnswerKernel, pid: Result | Word, pidfd: Result | Word): void {
  const any = { accept: "any" } as const;
  kernel.call("pidfd_send_signal", [pidfd, SIGKILL, 0, 0], any);
  kernel.call("waitid", [P_PID, pid, new Out(SIGINFO_SIZE), WEXITED | __WALL, 0], any);
}

/** Since Linux 6.3 a memfd says whether it may be executed. */
function executableFlag(local: LocalKernel): number {
  const fd = local.memfdCreate("runt-init", MFD_CLOEXEC | MFD_EXEC, { accept: [EINVAL] });
  if (fd.ok) local.close(fd);
  return fd.ok ? MFD_EXEC : 0;
}

/**
 * Sends a message once more.
 *
 * @param name the name of now, NUL-terminated
 */
export function replaySent(
  kernel: AnswerKernel,
  socket: Word,
  { bytes, names }: SentMessage,
  name?: Out,
): void {
  const message = new Prepared(bytes);
  for (const [{ before, after }, at] of names) {
    if (name) kernel.textAt(new At(message, at), before, name, after);
  }
  const sent = kernel.call("sendto", [socket, message, bytes.length, MSG_NOSIGNAL, 0, 0]);
  kernel.expectValue(sent, bytes.length);
}

/** Takes a reply, which must be the same. Returns where it is. */
export function replayReply(
  kernel: AnswerKernel,
  socket: Word,
  { size, results, regions }: Reply,
  buffer: Out,
): void {
  kernel.expectValue(kernel.call("read", [socket, buffer, size]), size);
  for (const { at, bytes } of regions) kernel.expectBytes(new At(buffer, at), bytes);
  kernel.expectResults(buffer, results);
}

/** The process ends what it is told by executing its program, which closes the socket. */
export function expectExecuted(kernel: AnswerKernel, socket: Word, buffer: Out): void {
  kernel.expect(kernel.call("read", [socket, buffer, buffer.size]), "zero");
}

/** Where replies go, and none finds more than room. */
export function replyBuffer({ events }: Transcript): Out {
  return new Out(Math.max(4096, ...events.map((event) => event.kind === "reply" ? event.size : 0)));
}

/** Sets the limits of a process; where the config says nothing it has its caller's. See `setRlimits()`. */
export function replayRlimits(kernel: AnswerKernel, pid: Result | Word, { rlimits }: ProcessConfig): void {
  for (const { resource, soft, hard } of rlimits) {
    const limits = BigUint64Array.of(BigInt(soft), BigInt(hard));
    kernel.call("prlimit64", [pid, resource, new Uint8Array(limits.buffer), 0]);
  }
}
