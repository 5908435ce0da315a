import { rlimitNumber } from "../spec/rlimit_names.ts";
import type { Check } from "./issue.ts";

/** `process.rlimits`, setrlimit(2). */
export const checkRlimits: Check = ({ spec, error }) => {
  const rlimits = spec.process?.rlimits ?? [];
  for (let i = 0; i < rlimits.length; i++) {
    const { type, soft, hard } = rlimits[i]!;
    const path = `process.rlimits[${i}]`;
    if (rlimitNumber(type) < 0) error(`${path}.type`, `wrong rlimit value: ${type}`); // runc's text
    else if (rlimits.findIndex((other) => other.type === type) < i) {
      error(`${path}.type`, `duplicated rlimit ${type}`);
    }
    if (soft > hard) error(`${path}.soft`, `soft limit ${soft} is over the hard limit ${hard}`);
  }
};
