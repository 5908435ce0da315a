import type { Command } from "./_command.ts";

/**
 * Loads the one command that is asked for, and none of the others' code.
 *
 * @returns nothing when there is no such command
 */
export function loadCommand(name: string): Promise<Command> | undefined {
  switch (name) {
    case "create":
      return import("./create.ts").then((module) => module.createCommand);
    case "start":
      return import("./start.ts").then((module) => module.startCommand);
    case "run":
      return import("./run.ts").then((module) => module.runCommand);
    case "state":
      return import("./state.ts").then((module) => module.stateCommand);
    case "kill":
      return import("./kill.ts").then((module) => module.killCommand);
    case "delete":
      return import("./delete.ts").then((module) => module.deleteCommand);
    case "exec":
      return import("./exec.ts").then((module) => module.execCommand);
    case "list":
      return import("./list.ts").then((module) => module.listCommand);
    case "ps":
      return import("./ps.ts").then((module) => module.psCommand);
    case "pause":
      return import("./pause.ts").then((module) => module.pauseCommand);
    case "resume":
      return import("./resume.ts").then((module) => module.resumeCommand);
    case "update":
      return import("./update.ts").then((module) => module.updateCommand);
    case "events":
      return import("./events.ts").then((module) => module.eventsCommand);
    case "spec":
      return import("./spec.ts").then((module) => module.specCommand);
    case "features":
      return import("./features.ts").then((module) => module.featuresCommand);
    case "completion":
      return import("./completion.ts").then((module) => module.completionCommand);
    case "help":
    case "h":
      return import("./help.ts").then((module) => module.helpCommand);
  }
  return undefined;
}
