import type { Check } from "./issue.ts";

/** `linux.personality`. runc's text for the domain. */
export const checkPersonality: Check = ({ spec, error, warn }) => {
  const { domain, flags = [] } = spec.linux!.personality!;
  if (domain !== "LINUX" && domain !== "LINUX32") {
    error("linux.personality.domain", `invalid personality domain ${domain}`);
  }
  if (flags.length > 0) warn("linux.personality.flags", `ignoring unsupported personality flags: [${flags}]`);
};
