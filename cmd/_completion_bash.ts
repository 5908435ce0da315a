import { completedFlags, FRONT, operandWords, SIGNAL_WORDS, type ValueKind } from "./_completion_words.ts";
import { MANUALS } from "./manual/mod.ts";

/** The completion script for bash; it needs nothing but bash. */
export function formatBashCompletion(): string {
  const manuals = [FRONT, ...MANUALS];
  const values: string[] = [];
  const takesValue: string[] = [];
  const flags: string[] = [];
  for (const manual of manuals) {
    const command = manual === FRONT ? "*" : manual.name;
    const completed = completedFlags(manual);
    for (const { spellings, value } of completed) {
      if (!value) continue;
      const pattern = spellings.map((spelling) => `${command}:${spelling}`).join(" | ");
      takesValue.push(pattern);
      values.push(`    ${pattern})\n      ${offer(value)}\n      return\n      ;;`);
    }
    const words = completed.flatMap((flag) => flag.spellings).join(" ");
    flags.push(`      ${manual === FRONT ? '""' : manual.name}) words="${words}" ;;`);
  }
  const operands = MANUALS.flatMap((manual) => {
    const words = operandWords(manual);
    if (words) return [`    ${manual.name}:0) words="${words.join(" ")}" ;;`];
    return manual.takesContainer
      ? [`    ${manual.name}:0) words=$(runt \${root:+--root "$root"} list --quiet 2>/dev/null) ;;`]
      : [];
  });
  return `# bash completion of runt; made by "runt completion bash".

_runt() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command="" root="" words="" word i count=0
  COMPREPLY=()

  # bash breaks --flag=value into three words.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi

  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      case "$command:$word" in
        ${takesValue.join(" | \\\n          ")})
          ((i++))
          [[ \${COMP_WORDS[i]} == "=" ]] && ((i++))
          [[ $word == --root ]] && root=\${COMP_WORDS[i]}
          ;;
      esac
    elif [[ -z $command ]]; then
      command=$word
    else
      ((count++))
    fi
  done

  case "$command:$prev" in
${values.join("\n")}
  esac

  if [[ $cur == -* ]]; then
    case "$command" in
${flags.join("\n")}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi

  case "$command:$count" in
    :0) words="${MANUALS.map((manual) => manual.name).join(" ")}" ;;
${operands.join("\n")}
    kill:1) words="${SIGNAL_WORDS.join(" ")}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

complete -F _runt runt
`;
}

function offer(value: ValueKind): string {
  if (value === "unknown") return ":";
  if (value === "directory") return 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))';
  if (value === "file") return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))';
  return `COMPREPLY=($(compgen -W "${value.words.join(" ")}" -- "$cur"))`;
}
