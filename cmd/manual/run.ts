import type { CommandManual } from "../_command.ts";
import type { runCommand } from "../run.ts";
import { ANNOTATIONS, CREATE_FLAG_MANUALS, NEW_CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt run`. */
export const runManual: CommandManual<typeof runCommand.flags> = {
  name: "run",
  summary: "create and run a container",
  operands: "<container-id>",
  description:
    `Makes a container of a bundle, starts its program, waits for it, and deletes the container. Signals
that runt gets are handed on to the program; runt's exit code is the program's, or 128 and the number
of the signal that ended it.

With process.terminal the program has a terminal of its own. runt shows it on the one that it was
started on, which hands on every key meanwhile, and is put back afterwards, even when runt is killed.
With --detach it goes to who listens at --console-socket.

${NEW_CONTAINER_ID}

${ANNOTATIONS}`,
  aliases: { b: "bundle", d: "detach" },
  flags: {
    ...CREATE_FLAG_MANUALS,
    detach: { text: "return as soon as the program runs, and leave the container behind" },
    keep: { text: "do not delete the container after its program has ended" },
    "no-subreaper": { text: "do not adopt processes that the container leaves behind" },
  },
};
