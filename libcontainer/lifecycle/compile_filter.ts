import type { SeccompConfig } from "../config/config.ts";
import { RECEIVER } from "../spec/annotations.ts";
import type { LinuxSeccomp } from "../spec/seccomp.ts";
import type { Spec } from "../spec/mod.ts";
import { isSeccompOn } from "../validate/seccomp_on.ts";

/**
 * Compiles the profile of a container, if it has one; the compiler is loaded for that only.
 *
 * @param seccomp what has passed validation
 * @throws {RuntError} for what the kernel would not take, and for rules that contradict each other
 */
export async function compileFilter(
  seccomp: LinuxSeccomp | undefined,
  annotations: Spec["annotations"],
): Promise<SeccompConfig | undefined> {
  if (seccomp === undefined || !isSeccompOn(seccomp)) return undefined;
  const { compileSeccomp } = await import("../security/seccomp/compile.ts");
  const receiver = annotations?.[RECEIVER];
  return compileSeccomp(receiver && !seccomp.listenerPath ? { ...seccomp, listenerPath: receiver } : seccomp);
}
