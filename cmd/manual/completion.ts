import type { CommandManual } from "../_command.ts";

/** Manual of `runt completion`. */
export const completionManual: CommandManual = {
  name: "completion",
  summary: "print a shell's completion script",
  operands: "<shell>",
  description: `Prints a script that completes runt's commands, options and containers in bash, zsh or fish.

    # runt completion bash > /usr/share/bash-completion/completions/runt
    # runt completion zsh > /usr/local/share/zsh/site-functions/_runt
    # runt completion fish > /usr/share/fish/vendor_completions.d/runt.fish`,
  flags: {},
};
