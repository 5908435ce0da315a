import type { Check } from "./issue.ts";

/**
 * `ociVersion`. The spec wants SemVer and promises compatibility within a major version; runc does not look at
 * it at all, so nothing here is an error.
 */
export const checkVersion: Check = ({ spec, warn }) => {
  if (spec.ociVersion.startsWith("1.0.") || spec.ociVersion.startsWith("1.3.")) return; // spares the expression
  const version = /^(\d+)\.\d+\.\d+([-+].*)?$/.exec(spec.ociVersion);
  if (version === null) {
    warn("ociVersion", `not a version of the runtime specification: ${JSON.stringify(spec.ociVersion)}`);
  } else if (version[1] !== "1") {
    warn("ociVersion", `version ${spec.ociVersion} may not be compatible: runt follows 1.3`);
  }
};
