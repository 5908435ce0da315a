import { RuntError } from "../libcontainer/error.ts";
import type { Command } from "./_command.ts";
import { parseFlags } from "./_flags.ts";
import {
  FRONT_FLAGS,
  GLOBAL_FLAGS,
  type GlobalValues,
  HELP_FLAG,
  resolveRuntimeOptions,
} from "./_global_flags.ts";
import { loadCommand } from "./_load_command.ts";
import { type CommandLog, openLog } from "./_log.ts";

/** Frames of a stack that `--debug` shows. */
const STACK_DEPTH = 30;

/**
 * Runs one command line, from its arguments to its exit code. Never throws: a failure is reported and becomes a code.
 *
 * @param args the arguments after the program's name
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let log: CommandLog | undefined;
  try {
    if (args[0] === "init") return await (await import("./init.ts")).runInit();
    const globals: GlobalValues = {};
    const asked: { help?: boolean; version?: boolean } = {};
    const globalTarget = { ...GLOBAL_FLAGS, values: globals };
    const front = parseFlags([globalTarget, { ...FRONT_FLAGS, values: asked }], args, { flagsFirst: true });
    const name = front.operands[0] ?? "";
    if (front.error === undefined && asked.version) return (await import("./_version.ts")).printVersion();
    if (front.error !== undefined || asked.help || name === "") return await explain(undefined, front.error);
    const loading = loadCommand(name);
    const command = loading && await loading;
    // The command's flags come before the log is opened, for a global flag may stand among them.
    const values = {};
    const own = command && parseFlags(
      [{ ...command, values }, { ...HELP_FLAG, values: asked }, globalTarget],
      front.operands,
      { from: 1, flagsFirst: command.flagsFirst ?? false },
    );
    // Off until now: see the flags in tools/build.ts.
    if (globals.debug) Error.stackTraceLimit = STACK_DEPTH;
    log = openLog({ file: globals.log, format: globals["log-format"], debug: globals.debug });
    if (!command || !own) throw (await import("./_help.ts")).unknownCommand(name);
    if (own.error !== undefined || asked.help) return await explain(command, own.error);
    const complaint = checkOperands(command, own.operands.length);
    if (complaint !== undefined) return await explain(command, complaint, "Incorrect Usage.");
    const runtime = resolveRuntimeOptions(globals, log);
    return await command.run({ flags: values, operands: own.operands, runtime });
  } catch (error) {
    const { reportError } = await import("./_report_error.ts");
    return reportError(error, log ?? openLog({}));
  }
}

/** runc's complaint about a number of operands, or nothing. */
function checkOperands(command: Command, count: number): string | undefined {
  const [min, max] = command.operands;
  if (count >= min && count <= max) return undefined;
  const rule = min === max ? "exactly" : count < min ? "a minimum of" : "a maximum of";
  return `runt: "${command.name}" requires ${rule} ${count < min ? min : max} argument(s)`;
}

/** Prints help; with an error, as the answer to a command line that was not understood. */
async function explain(command: Command | undefined, error?: string, heading?: string): Promise<number> {
  const { printHelp } = await import("./_help.ts");
  const start = command ? "Incorrect Usage: " : "Incorrect Usage. ";
  printHelp(command?.name, error === undefined ? undefined : heading ?? `${start}${error}`);
  if (error !== undefined) throw new RuntError("usage", error);
  return 0;
}
