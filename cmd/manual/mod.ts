/**
 * Every manual, in the order in which help lists the commands. Never loaded to run a command.
 *
 * @module
 */
import type { CommandManual } from "../_command.ts";
import { completionManual } from "./completion.ts";
import { createManual } from "./create.ts";
import { deleteManual } from "./delete.ts";
import { eventsManual } from "./events.ts";
import { execManual } from "./exec.ts";
import { featuresManual } from "./features.ts";
import { helpManual } from "./help.ts";
import { killManual } from "./kill.ts";
import { listManual } from "./list.ts";
import { pauseManual } from "./pause.ts";
import { psManual } from "./ps.ts";
import { resumeManual } from "./resume.ts";
import { runManual } from "./run.ts";
import { HELP_FLAG_MANUAL } from "./shared_flags.ts";
import { specManual } from "./spec.ts";
import { startManual } from "./start.ts";
import { stateManual } from "./state.ts";
import { updateManual } from "./update.ts";

export { GLOBAL_MANUAL } from "./global.ts";

/** What is listed. */
export const MANUALS: readonly CommandManual[] = [
  createManual,
  deleteManual,
  eventsManual,
  execManual,
  killManual,
  listManual,
  pauseManual,
  psManual,
  resumeManual,
  runManual,
  specManual,
  startManual,
  stateManual,
  updateManual,
  featuresManual,
  completionManual,
  helpManual,
].map(addHelpFlag);

/** The manual of a command, by its name or another name of it. */
export function findManual(name: string): CommandManual | undefined {
  return MANUALS.find((manual) => manual.name === (name === "h" ? "help" : name));
}

/** Every command has `--help`, and no manual needs to say so. */
function addHelpFlag(manual: CommandManual): CommandManual {
  return {
    ...manual,
    flags: { ...manual.flags, help: HELP_FLAG_MANUAL },
    aliases: { ...manual.aliases, h: "help" },
  };
}
