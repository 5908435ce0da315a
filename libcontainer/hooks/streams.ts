import { F_ADD_SEALS, MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL, SEEK_SET } from "../../ffi/constants/fcntl.ts";
import { ALL_SEALS, createMemfd } from "../../ffi/memfd.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";
import type { HookState } from "./hook_state.ts";

/** Bytes of a hook's output that go into an error. */
const QUOTED = 0x4000;

/**
 * The standard streams of hooks: files in memory, which need nobody at the other end. A hook that leaves a process
 * behind, or writes a lot, stops nothing; and `start` runs hooks when no runt is left to feed them.
 */
export interface HookStreams {
  /** The state; sealed, since one hook must not tell lies to the next. */
  readonly state: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** A file in memory. */
export function openMemory(kernel: Kernel, name: string, flags: number): number {
  return createMemfd(kernel, name, flags | MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL);
}

/**
 * Opens the streams.
 *
 * @param flags `MFD_CLOEXEC`, or 0 where a new process shall have them
 */
export function openStreams(kernel: Kernel, state: HookState, flags: number): HookStreams {
  const fd = openMemory(kernel, "state", flags);
  kernel.write(fd, JSON.stringify(state));
  kernel.fcntl(fd, F_ADD_SEALS, ALL_SEALS);
  return {
    state: fd,
    stdout: openMemory(kernel, "stdout", flags),
    stderr: openMemory(kernel, "stderr", flags),
  };
}

/** Makes them fit for the next hook. */
export function rewind(kernel: Kernel, { state, stdout, stderr }: HookStreams): void {
  kernel.lseek(state, 0, SEEK_SET);
  for (const fd of [stdout, stderr]) {
    kernel.lseek(fd, 0, SEEK_SET);
    kernel.ftruncate(fd, 0);
  }
}

/** What a hook wrote, as far as it is quoted. */
export function readOutput(kernel: Kernel, { stdout, stderr }: HookStreams): [string, string] {
  const read = (fd: number) => {
    const out = new Out(QUOTED);
    kernel.lseek(fd, 0, SEEK_SET);
    const length = kernel.read(fd, out);
    return () => new TextDecoder().decode(out.bytes.subarray(0, Math.max(0, length.value)));
  };
  const output = read(stdout), errors = read(stderr);
  kernel.flush();
  return [output(), errors()];
}

/** Closes them. */
export function closeStreams(kernel: Kernel, { state, stdout, stderr }: HookStreams): void {
  for (const fd of [state, stdout, stderr]) kernel.close(fd);
}
