import { F_SETFD, FD_CLOEXEC } from "../../ffi/constants/fcntl.ts";
import { TCSETS } from "../../ffi/constants/ioctl.ts";
import { SIG_SETMASK } from "../../ffi/constants/signal.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { spawn } from "../../ffi/spawn.ts";
import { encodePollfds } from "../../ffi/structs/pollfd.ts";
import { encodeSigset } from "../../ffi/structs/sigaction.ts";
import { closeDescriptors } from "../init/first_steps.ts";
import { killAndReap } from "./wait.ts";

/**
 * Has a terminal put back to its modes if this process ends without doing so itself: by SIGKILL, or a fault.
 *
 * A process of its own waits for that, one that runs no program but the init image: it has this process at the other
 * end of its control socket, and the socket hangs up when that is gone, however it went. It has a session of its own,
 * so that no key and no signal to the foreground's processes reaches it.
 *
 * @param tty the terminal
 * @param modes what to put it back to
 * @returns disposing of it ends the guard, which does nothing then; put the modes back yourself first
 */
export function guardTerminal(
  native: Native,
  kernel: LocalKernel,
  tty: number,
  modes: Uint8Array,
): Disposable {
  let guard: number | undefined;
  const end = () => {
    if (guard === undefined) return;
    killAndReap(kernel, guard);
    kernel.close(guard);
  };
  const inherited = tty <= 2;
  // One that runt opened itself is closed on exec, and must not be this time.
  if (!inherited) kernel.fcntl(tty, F_SETFD, 0);
  try {
    const { kernel: there, control } = spawn(native, kernel, {
      namespaces: 0,
      argv: ["runt terminal"],
      firstFreeFd: 3,
      onSpawn: (pidfd) => guard = pidfd,
    });
    there.where = { step: "terminal" };
    there.rtSigprocmask(SIG_SETMASK, encodeSigset());
    there.setsid();
    there.chdir("/", { accept: "any" });
    if (tty !== 0) there.dup3(tty, 0, 0);
    // Nothing else of the caller's is kept open by it: a pipe shall end when runt does.
    closeDescriptors(there, 1, [control]);
    there.flush();
    there.poll(encodePollfds([{ fd: control, events: 0 }]), 1, -1, { accept: "any" });
    there.ioctl(0, TCSETS, modes, { accept: "any" });
    there.exitGroup(0);
    there.sendTail(true);
  } catch {
    // One process more may be one too many (RLIMIT_NPROC): the container does without it.
    end();
    guard = undefined;
  } finally {
    if (!inherited) kernel.fcntl(tty, F_SETFD, FD_CLOEXEC);
  }
  return { [Symbol.dispose]: end };
}
