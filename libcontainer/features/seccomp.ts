import { architectureNames } from "../security/seccomp/architectures.ts";

/** The `seccomp` section of the features structure; keys in the order in which runc prints them. */
export interface SeccompFeatures {
  readonly enabled: boolean;
  readonly actions: readonly string[];
  readonly operators: readonly string[];
  readonly archs: readonly string[];
  readonly knownFlags: readonly string[];
  readonly supportedFlags: readonly string[];
}

const ACTIONS = "ALLOW ERRNO KILL KILL_PROCESS KILL_THREAD LOG NOTIFY TRACE TRAP";
const OPERATORS = "EQ GE GT LE LT MASKED_EQ NE";
/** In runc's order. All kernels with `openat2(2)` have them, but for the last one, of 5.19. */
const FLAGS = "TSYNC SPEC_ALLOW LOG WAIT_KILLABLE_RECV";

/** Describes what profiles may say. */
export function describeSeccomp(): SeccompFeatures {
  const withPrefix = (prefix: string, names: string) => names.split(" ").map((name) => prefix + name);
  const flags = withPrefix("SECCOMP_FILTER_FLAG_", FLAGS);
  return {
    enabled: true,
    actions: withPrefix("SCMP_ACT_", ACTIONS),
    operators: withPrefix("SCMP_CMP_", OPERATORS),
    archs: architectureNames().sort(),
    knownFlags: flags,
    supportedFlags: flags,
  };
}
