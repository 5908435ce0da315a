import { CAPABILITY_NAMES, capabilityNumber } from "../spec/capability_names.ts";
import type { LinuxCapabilities } from "../spec/process.ts";
import type { Check } from "./issue.ts";

const SETS = ["bounding", "effective", "inheritable", "permitted", "ambient"] as const;

/**
 * `process.capabilities`.
 *
 * A name that no kernel has is an error: it is a typing mistake, and dropping it with a warning nobody reads
 * (as runc does) leaves a container with other rights than were asked for. A name that only this kernel lacks
 * is dropped with a warning, as the spec has it.
 */
export const checkCapabilities: Check = ({ spec, facts, error, warn }) => {
  const capabilities: LinuxCapabilities = spec.process?.capabilities ?? {};
  const missing: string[] = [];
  for (const set of SETS) {
    const names = capabilities[set] ?? [];
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const number = capabilityNumber(name);
      if (number < 0) {
        error(
          `process.capabilities.${set}[${i}]`,
          `unknown capability ${JSON.stringify(name)}`,
          hintFor(name),
        );
      } else if (number > 34 && number > facts.lastCap && !missing.includes(name)) {
        missing.push(name); // every kernel that runt runs on has those up to 34 (CAP_SYSLOG)
      }
    }
  }
  // Without any that are inheritable nobody meant them: older engines leave them in, and runc 1.1 is silent.
  const ambient = capabilities.inheritable?.length ? capabilities.ambient : undefined;
  for (const name of ambient ?? []) {
    // prctl(2), PR_CAP_AMBIENT_RAISE
    const raisable = [capabilities.permitted, capabilities.inheritable].every((set) => set?.includes(name));
    if (raisable || missing.includes(name)) continue;
    // runc's text
    warn("process.capabilities.ambient", `can't raise ambient capability ${name}: operation not permitted`);
  }
  if (missing.length > 0) {
    // runc's text
    warn(
      "process.capabilities",
      `ignoring unknown or unavailable capabilities: [${missing.sort().join(" ")}]`,
    );
  }
};

function hintFor(name: string): string | undefined {
  const bare = name.toUpperCase().replace(/^(CAP_)?/, "");
  return CAPABILITY_NAMES.includes(bare) ? `Did you mean CAP_${bare}` : undefined;
}
