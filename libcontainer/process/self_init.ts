import { F_SETFD } from "../../ffi/constants/fcntl.ts";
import { AT_EMPTY_PATH } from "../../ffi/constants/open.ts";
import type { Native } from "../../ffi/native.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import type { InitContext } from "../init/context.ts";
import type { BeforeUser } from "../init/program.ts";
import { INIT_PIPE, InitPipe } from "../init/self_protocol.ts";
import type { ContainerProcess } from "./container_process.ts";

/**
 * Self mode: has the container's process, which is in its namespaces by now, become `runt init`, and that run the
 * steps.
 *
 * @param executable runt's sealed copy, over there
 * @param runtimeHooks runs the hooks of the host, where there are hooks
 * @param limit sets the process's limits, before it becomes the user
 * @returns the pipe, over which to send `procRun`
 * @throws {RuntError} as the steps do
 */
export function setUpBySelf(
  native: Native,
  process: ContainerProcess,
  executable: number,
  config: Config,
  context: InitContext,
  limit: BeforeUser,
  runtimeHooks?: () => void,
): InitPipe {
  const { kernel, control } = process;
  kernel.where = { step: "exec", what: "runt init" };
  kernel.fcntl(control, F_SETFD, 0);
  kernel.flush();
  kernel.execveat(executable, "", ["runt", "init"], [`${INIT_PIPE}=${control}`], AT_EMPTY_PATH);
  kernel.sendTail(false);
  const pipe = new InitPipe(native, kernel.control);
  // Resources are written by runt; their numbers may be larger than JSON has them.
  const sent = { ...config, cgroup: { ...config.cgroup, resources: {} } };
  pipe.send({ type: "setUp", config: sent, context: { ...context, execFifo: process.execFifo?.value } });
  if (runtimeHooks) {
    expect(pipe, context, "procHooks");
    runtimeHooks();
    const nofile = readStartFacts()?.nofile;
    pipe.send({
      type: "procHooksDone",
      ...(nofile && { nofile: { soft: String(nofile.soft), hard: String(nofile.hard) } }),
    });
  }
  limit(expect(pipe, context, "procReady"));
  pipe.send({ type: "procLimited" });
  expect(pipe, context, "procReady");
  return pipe;
}

/** @returns the terminal's master over there, when it was made */
function expect(
  pipe: InitPipe,
  { sendListener }: InitContext,
  type: "procReady" | "procHooks",
): number | undefined {
  let answer = pipe.receive();
  if (answer?.type === "procSeccomp") {
    sendListener?.(answer.descriptor);
    pipe.send({ type: "procSeccompDone" });
    answer = pipe.receive();
  }
  if (answer?.type === "procReady" && type === "procReady") return answer.master;
  if (answer?.type === type) return undefined;
  if (answer?.type !== "procError") {
    throw new RuntError("kernel", "cannot execute runt init, or it ended before it was done");
  }
  const { code, message, path, hint } = answer;
  throw new RuntError(code, message, { ...(path && { path }), ...(hint && { hint }) });
}

/** Has it go on to the program; returns when it does, or waits for start. */
export function runBySelf(pipe: InitPipe): void {
  pipe.send({ type: "procRun" });
  const answer = pipe.receive();
  if (answer?.type === "procError") throw new RuntError(answer.code, answer.message);
}
