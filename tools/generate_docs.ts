/**
 * Writes what is made of the commands' manuals: the man pages in `docs/man` and the completion scripts in
 * `completions`. A test compares them, so that they never lag behind.
 *
 * ```sh
 * deno run -A tools/generate_docs.ts
 * ```
 *
 * @module
 */
import type { CommandManual } from "../cmd/_command.ts";
import { formatCompletion, type Shell, SHELLS } from "../cmd/_completion.ts";
import { describeFlag, shortNames } from "../cmd/_help.ts";
import { SPEC_VERSION, VERSION } from "../cmd/_version.ts";
import { GLOBAL_MANUAL, MANUALS } from "../cmd/manual/mod.ts";

/** Every generated file: its path in the repository, and what it holds. */
export function generateDocs(): Map<string, string> {
  const files = new Map<string, string>();
  files.set("docs/man/runt.8", formatMainPage());
  for (const manual of MANUALS) {
    if (manual.name !== "help") files.set(`docs/man/runt-${manual.name}.8`, formatCommandPage(manual));
  }
  for (const shell of SHELLS) files.set(`completions/${completionFile(shell)}`, formatCompletion(shell));
  return files;
}

/** Under this name each shell finds the script by itself. */
function completionFile(shell: Shell): string {
  return { bash: "runt.bash", zsh: "_runt", fish: "runt.fish" }[shell];
}

function formatMainPage(): string {
  const commands = MANUALS.map((manual) => {
    const page = manual.name === "help" ? "" : ` See \\fBrunt\\-${manual.name}\\fR(8).`;
    return `.TP\n\\fB${manual.name}\\fR\n${roff(capitalise(manual.summary))}.${page}`;
  });
  return [
    title("RUNT"),
    `.SH NAME\nrunt \\- ${roff(GLOBAL_MANUAL.summary)}`,
    ".SH SYNOPSIS\n\\fBrunt\\fR [\\fIglobal\\-option\\fR ...] \\fIcommand\\fR [\\fIoption\\fR ...] [\\fIargument\\fR ...]",
    `.SH DESCRIPTION\n${formatProse(GLOBAL_MANUAL.description)}`,
    `.SH COMMANDS\n${commands.join("\n")}`,
    `.SH GLOBAL OPTIONS\nThey stand before the command or among its own options.\n${
      formatFlags(GLOBAL_MANUAL)
    }`,
    `.SH EXIT STATUS
0 when the command did what was asked, 1 when it did not, 3 when there is no such command. \\fBrunt run\\fR ends with
the exit status of the container's program.`,
    `.SH CONFORMING TO\nOpen Container Initiative runtime specification ${SPEC_VERSION}.`,
    `.SH SEE ALSO\n${seeAlso(undefined)}`,
  ].join("\n") + "\n";
}

function formatCommandPage(manual: CommandManual): string {
  const operands = manual.operands.replace(/<([^>]+)>/g, (_, word) => `\\fI${roff(word)}\\fR`)
    .replace(/\[(\w+)\]/g, "[\\fI$1\\fR]");
  return [
    title(`RUNT-${manual.name.toUpperCase()}`),
    `.SH NAME\nrunt\\-${manual.name} \\- ${roff(manual.summary)}`,
    `.SH SYNOPSIS\n\\fBrunt ${manual.name}\\fR [\\fIoption\\fR ...] ${operands}`.trimEnd(),
    `.SH DESCRIPTION\n${formatProse(manual.description)}`,
    `.SH OPTIONS\n${formatFlags(manual)}`,
    `.SH SEE ALSO\n${seeAlso(manual)}`,
  ].join("\n") + "\n";
}

function title(name: string): string {
  return `.\\" Made by tools/generate_docs.ts of the texts in cmd/manual.\n.TH ${
    roff(name)
  } 8 "" "runt ${VERSION}" "System Administration"`;
}

function formatFlags(manual: CommandManual): string {
  return Object.entries(manual.flags).filter(([, flag]) => !flag.hidden).map(([name, flag]) => {
    const names = [`--${name}`, ...shortNames(manual, name).map((short) => `-${short}`)];
    const value = flag.value === undefined ? "" : ` \\fI${roff(flag.value)}\\fR`;
    const heading = `${names.map((name) => `\\fB${roff(name)}\\fR`).join(", ")}${value}`;
    return `.TP\n${heading}\n${roff(capitalise(describeFlag(flag)))}.`;
  }).join("\n");
}

/** Paragraphs; indented ones are examples. */
function formatProse(text: string): string {
  return text.split("\n\n").map((paragraph, i) => {
    if (paragraph.startsWith("    ")) {
      return `.PP\n.RS 4\n.nf\n${roff(paragraph.replace(/^ {4}/gm, ""))}\n.fi\n.RE`;
    }
    return `${i === 0 ? "" : ".PP\n"}${roff(paragraph)}`;
  }).join("\n");
}

function seeAlso(self: CommandManual | undefined): string {
  const pages = MANUALS.filter((manual) => manual !== self && manual.name !== "help")
    .map((manual) => `\\fBrunt\\-${manual.name}\\fR(8)`);
  return [...(self ? ["\\fBrunt\\fR(8)"] : []), ...pages].join(",\n");
}

/** Escapes what roff would take for its own. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) {
  const repository = new URL("..", import.meta.url);
  for (const [path, text] of generateDocs()) {
    const url = new URL(path, repository);
    Deno.mkdirSync(new URL(".", url), { recursive: true });
    Deno.writeTextFileSync(url, text);
  }
}
