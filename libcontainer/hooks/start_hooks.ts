import { SEEK_SET } from "../../ffi/constants/fcntl.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";
import type { Program } from "../init/tail.ts";
import { RuntError } from "../error.ts";
import type { Hook } from "../spec/hooks.ts";
import { openEndTable, queueEnd, queueEndText, queueErrnoText } from "./end_table.ts";
import { type InsideStreams, queueHook } from "./inside.ts";
import { runningText, timeoutText } from "./outcome.ts";

const STDERR = 2, QUOTED = 0x1000;
/** What runc's init leaves with when a hook fails. */
export const HOOK_FAILED = 255;
const accept = "any";
/** So many fit into the tail, which has to be one message. */
const MOST = 12;

/**
 * Queues startContainer hooks for a time when runt is gone. One that fails is told on the container's standard error,
 * and ends it, as in runc.
 *
 * @param program whose filter they have, and whose environment those that say none (not in the specification, but
 *   what runc does)
 */
export function queueStartHooks(
  kernel: Kernel,
  hooks: readonly Hook[],
  streams: InsideStreams,
  table: number,
  { env, seccomp }: Pick<Program, "env" | "seccomp">,
): void {
  if (hooks.length > MOST) {
    throw new RuntError("unsupported", `cannot run more than ${MOST} startContainer hooks`, {
      path: "hooks.startContainer",
      hint: "Have one run the others",
    });
  }
  // The first that fails is the last to be quoted.
  const quote = new Out(QUOTED);
  hooks.forEach((hook, index) => {
    const say = (text: string) => kernel.write(STDERR, text, { accept });
    const running = runningText("startContainer", index), forking = `${running}fork/exec ${hook.path}: `;
    const own = hook.env?.length ? hook : { ...hook, env };
    const { child, failed, errno, polled, code, status } = queueHook(kernel, own, streams, { env, seccomp });
    const endWith = (body: () => void) => () => {
      body();
      say("\n");
      kernel.exitGroup(HOOK_FAILED);
    };
    kernel.when(
      child,
      "failed",
      endWith(() => {
        say(forking);
        queueErrnoText(kernel, table, child, STDERR);
      }),
    );
    kernel.when(
      failed,
      "nonzero",
      endWith(() => {
        say(forking);
        queueErrnoText(kernel, table, errno, STDERR);
      }),
    );
    if (polled) kernel.when(polled, "zero", endWith(() => say(running + timeoutText(hook))));
    const end = queueEnd(kernel, table, code, status);
    kernel.when(
      end,
      "nonzero",
      endWith(() => {
        say(running);
        queueEndText(kernel, table, end, STDERR);
        say(", stdout: ");
        queueQuote(kernel, streams.stdout, quote);
        say(", stderr: ");
        queueQuote(kernel, streams.stderr, quote);
      }),
    );
  });
}

/** Makes the table that {@linkcode queueStartHooks} needs. */
export { openEndTable };

function queueQuote(kernel: Kernel, from: number, out: Out): void {
  kernel.lseek(from, 0, SEEK_SET);
  const read = kernel.read(from, out, { accept });
  kernel.call("write", [STDERR, out, read], { accept });
}
