import type { CommandManual } from "./_command.ts";
import {
  type CompletedFlag,
  completedFlags,
  FRONT,
  operandWords,
  SIGNAL_WORDS,
  type ValueKind,
} from "./_completion_words.ts";
import { MANUALS } from "./manual/mod.ts";

/** The completion script for zsh, for a directory of $fpath. */
export function formatZshCompletion(): string {
  const commands = MANUALS.map((manual) => `    ${quote(`${manual.name}:${manual.summary}`)}`);
  return `#compdef runt
# zsh completion of runt; made by "runt completion zsh".

_runt_commands() {
  local -a commands=(
${commands.join("\n")}
  )
  _describe command commands
}

_runt_containers() {
  local -a containers root
  [[ -n \${opt_args[--root]} ]] && root=(--root \${(Q)opt_args[--root]})
  containers=(\${(f)"$(_call_program containers runt $root list --quiet 2>/dev/null)"})
  _describe container containers
}

_runt() {
  local curcontext=$curcontext state line
  typeset -A opt_args

  _arguments -C \\
${completedFlags(FRONT).map((flag) => `    ${argument(flag)} \\`).join("\n")}
    '1:command:_runt_commands' \\
    '*::argument:->argument'

  [[ $state == argument ]] || return
  curcontext=\${curcontext%:*:*}:runt-$line[1]:
  case $line[1] in
${MANUALS.map(formatCommand).join("\n")}
  esac
}

if [[ $funcstack[1] == _runt ]]; then
  _runt "$@"
else
  compdef _runt runt
fi
`;
}

function formatCommand(manual: CommandManual): string {
  const specs = completedFlags(manual).map(argument);
  const words = operandWords(manual);
  if (words) specs.push(quote(`1:${manual.name === "help" ? "command" : "shell"}:(${words.join(" ")})`));
  if (manual.takesContainer) specs.push("'1:container:_runt_containers'");
  if (manual.name === "kill") specs.push(`'2:signal:(${SIGNAL_WORDS.join(" ")})'`);
  return `    ${manual.name})\n      _arguments \\\n        ${specs.join(" \\\n        ")}\n      ;;`;
}

function argument({ spellings, manual, value }: CompletedFlag): string {
  const text = manual.text.replace(/[[\]\\:]/g, "\\$&");
  const action = value === undefined ? "" : `:${manual.value}:${offer(value)}`;
  const [long = ""] = spellings;
  if (spellings.length === 1) return quote(`${long}${action && "="}[${text}]${action}`);
  const names = spellings.map((name) => name.startsWith("--") && action ? `${name}=` : name);
  return `${quote(`(${spellings.join(" ")})`)}{${names.join(",")}}${quote(`[${text}]${action}`)}`;
}

function offer(value: ValueKind): string {
  if (value === "unknown") return "";
  if (value === "directory") return "_files -/";
  return value === "file" ? "_files" : `(${value.words.join(" ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
