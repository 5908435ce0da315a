/**
 * `runt init`: the steps in runt's own executable, inside the namespaces. See self mode in docs/architecture.md.
 *
 * @module
 */
import { SIG_DFL, SIG_SETMASK, SIGPIPE } from "../../ffi/constants/signal.ts";
import { fromHex, KILLED_SIZE } from "../../ffi/init_image/elf.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { type Native, openNative } from "../../ffi/native.ts";
import { encodeSigaction, encodeSigset } from "../../ffi/structs/sigaction.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { silentLogger } from "../log.ts";
import { newRoot } from "../rootfs/root.ts";
import { closeDescriptors, endOnSignals, forbidTracing } from "./first_steps.ts";
import { setUp } from "./order.ts";
import { errorMessage, INIT_PIPE, InitPipe, type Nofile } from "./self_protocol.ts";
import { type Program, queueTail } from "./tail.ts";

/** More than Deno ever has open. */
const DESCRIPTORS = 1024;

/** The hooks that are run in the container. */
export interface SelfHooks {
  /** createContainer. */
  beforePivot(nofile: Nofile | undefined): void;
  /** startContainer. */
  beforeExec(program: Program): void;
}

/** What few configs need. */
export interface SelfParts {
  readonly hooks?: SelfHooks;
  /** Restricts the process by Landlock. */
  readonly restrict?: () => void;
}

/** Loads what a config needs of that. */
export type LoadSelfParts = (config: Config, native: Native, kernel: LocalKernel) => Promise<SelfParts>;

/**
 * Runs the steps that runt sends, and becomes the container's program.
 *
 * @returns an exit code, when it could not
 * @throws {RuntError} when nobody speaks over the pipe: a user has called `runt init`
 */
export async function runSelfInit(loadParts: LoadSelfParts): Promise<number> {
  const fd = Number(Deno.env.get(INIT_PIPE) ?? NaN);
  if (!Number.isInteger(fd) || fd < 0) {
    throw new RuntError("usage", "runt init is not to be called by hand: runt itself does so");
  }
  const native = openNative(), kernel = new LocalKernel(native), pipe = new InitPipe(native, fd);
  const message = pipe.receive();
  if (message?.type !== "setUp") return 1;
  // What is no plain data does not come over the pipe: it is made here.
  const { config } = message, { hooks, restrict } = await loadParts(config, native, kernel);
  const context = {
    ...message.context,
    log: silentLogger,
    root: newRoot(),
    ...(restrict && { restrict }),
    ...(hooks && { beforePivot: () => hooks.beforePivot(awaitHooks(pipe)) }),
    sendListener: (descriptor: number) => {
      pipe.send({ type: "procSeccomp", descriptor });
      if (pipe.receive()?.type !== "procSeccompDone") throw new RuntError("internal", "runt is gone");
    },
  };
  for (const [at, fd] of context.sources ?? []) context.root.sources.set(at, fd);
  try {
    kernel.where = { step: "init" };
    // Becoming runt init has made the process traceable again.
    forbidTracing(kernel);
    const program = setUp(kernel, config, context, (master) => {
      pipe.send(master === undefined ? { type: "procReady" } : { type: "procReady", master });
      if (pipe.receive()?.type !== "procLimited") throw new RuntError("internal", "runt is gone");
    });
    pipe.send({ type: "procReady" });
    if (pipe.receive()?.type !== "procRun") return 1;
    // Deno ignores SIGPIPE and handles others; handled ones are reset by exec, ignored ones are not (signal(7)).
    kernel.rtSigaction(SIGPIPE, encodeSigaction(SIG_DFL));
    kernel.rtSigprocmask(SIG_SETMASK, encodeSigset([]));
    if (context.execFifo !== undefined) {
      const handler = fromHex(native.code.init).subarray(0, KILLED_SIZE);
      endOnSignals(kernel, native.mapCode(handler));
    }
    // Not CLOSE_RANGE_CLOEXEC: see CVE-2024-21626. The socket's end says that the program is about to be executed.
    queueTail(
      kernel,
      { ...program, left: possibleDescriptors(context.firstFreeFd) },
      context.firstFreeFd,
      context.execFifo,
      context.execFifo === undefined ? undefined : fd,
      () => {
        if (!hooks) return;
        // With all that is open here, a limit of few files would leave none for the hooks.
        closeDescriptors(kernel, context.firstFreeFd, [context.execFifo ?? fd]);
        hooks.beforeExec(program);
      },
    );
    return 255;
  } catch (error) {
    pipe.send(errorMessage(error));
    return 1;
  }
}

/** Where Deno's own descriptors may be, to be closed one by one where a filter does not let them be closed at once. */
function possibleDescriptors(first: number): number[] {
  return Array.from({ length: Math.max(0, DESCRIPTORS - first) }, (_, i) => first + i);
}

/** Has runt run the hooks of the host. */
function awaitHooks(pipe: InitPipe): Nofile | undefined {
  pipe.send({ type: "procHooks" });
  const answer = pipe.receive();
  if (answer?.type !== "procHooksDone") throw new RuntError("internal", "runt is gone");
  return answer.nofile;
}
