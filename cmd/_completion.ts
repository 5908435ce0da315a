import { formatBashCompletion } from "./_completion_bash.ts";
import { formatFishCompletion } from "./_completion_fish.ts";
import { formatZshCompletion } from "./_completion_zsh.ts";

/** Shells that runt can complete in. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

/** The script that teaches a shell runt's command line. */
export function formatCompletion(shell: Shell): string {
  switch (shell) {
    case "bash":
      return formatBashCompletion();
    case "zsh":
      return formatZshCompletion();
    case "fish":
      return formatFishCompletion();
  }
}
