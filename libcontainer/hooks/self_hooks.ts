import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import type { Config } from "../config/config.ts";
import type { SelfHooks } from "../init/self.ts";
import { runHooksHere } from "./here.ts";
import { hookState } from "./hook_state.ts";
import { HOOK_FAILED } from "./start_hooks.ts";

const STDERR = 2;

/** The hooks of a container whose process is runt itself. */
export function selfHooks(config: Config, native: Native, kernel: LocalKernel): SelfHooks {
  // The steps change it.
  const umask = Deno.umask();
  const { createContainer, startContainer } = config.hooks ?? {};
  const state = (status: "creating" | "created") =>
    hookState(config, status, kernel.call("getpid", []).value);
  return {
    beforePivot(nofile) {
      runHooksHere(native, kernel, "createContainer", createContainer, state("creating"), {
        env: [],
        cwd: config.rootfs,
        umask,
        ...(nofile && { nofile: { soft: BigInt(nofile.soft), hard: BigInt(nofile.hard) } }),
      });
    },
    beforeExec({ env, seccomp }) {
      const hooks = startContainer?.map((hook) => hook.env?.length ? hook : { ...hook, env });
      try {
        runHooksHere(native, kernel, "startContainer", hooks, state("created"), { env, seccomp });
      } catch (error) {
        // As start_hooks.ts has it: there is nobody to throw to.
        kernel.write(STDERR, `${(error as Error).message}\n`, { accept: "any" });
        kernel.exitGroup(HOOK_FAILED);
      }
    },
  };
}
