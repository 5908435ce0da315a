import type { Kernel } from "../../ffi/kernel.ts";
import { readStartFacts } from "../../ffi/start_facts.ts";
import type { Config } from "../config/config.ts";
import type { Program } from "../init/tail.ts";
import type { ChildOptions } from "./child.ts";
import { openEndTable } from "./end_table.ts";
import { hookState } from "./hook_state.ts";
import { type InsideStreams, openInside, runInside } from "./inside.ts";
import { hookError } from "./outcome.ts";
import { queueStartHooks } from "./start_hooks.ts";

/** The hooks that a container's process runs. */
export interface ContainerHooks {
  /** Descriptors over there that must stay open until the program is executed. */
  readonly kept: readonly number[];
  /**
   * Runs the createContainer hooks, and lays out what the startContainer hooks will need.
   *
   * @throws {RuntError} for the first one that fails
   */
  beforePivot(kernel: Kernel): void;
  /** Queues the startContainer hooks. */
  beforeExec(kernel: Kernel, program: Program): void;
}

/** The hooks of a container whose process is an init image. */
export function containerHooks(config: Config): ContainerHooks {
  const { createContainer = [], startContainer = [] } = config.hooks ?? {}, kept: number[] = [];
  let streams: InsideStreams | undefined, table = -1;
  return {
    kept,
    beforePivot(kernel) {
      const pid = kernel.call("getpid", []);
      kernel.flush();
      if (createContainer.length) {
        const files = openInside(kernel, hookState(config, "creating", pid.value)), options = asInit(config);
        createContainer.forEach((hook, index) => {
          const error = hookError("createContainer", index, hook, runInside(kernel, hook, files, options));
          if (error) throw error;
        });
        for (const fd of Object.values(files)) kernel.close(fd);
      }
      if (startContainer.length) {
        streams = openInside(kernel, hookState(config, "created", pid.value));
        table = openEndTable(kernel);
        kept.push(...Object.values(streams), table);
      }
    },
    beforeExec(kernel, program) {
      if (streams) queueStartHooks(kernel, startContainer, streams, table, program);
    },
  };
}

/** How createContainer hooks are run: in the root directory, with nothing of runt's caller but its limits. */
export function asInit(config: Config): ChildOptions {
  return { env: [], cwd: config.rootfs, umask: Deno.umask(), nofile: readStartFacts()?.nofile };
}
