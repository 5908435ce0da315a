import type { Check } from "./issue.ts";

/** Labels of security modules that this host does not run. runc's texts. */
export const checkSecurityLabels: Check = ({ spec, facts, error }) => {
  if (spec.process?.selinuxLabel && !facts.selinuxEnabled) {
    error(
      "process.selinuxLabel",
      "selinux label is specified in config, but selinux is disabled or not supported",
    );
  }
  if (spec.process?.apparmorProfile && !facts.apparmorEnabled) {
    error("process.apparmorProfile", "apparmor: config provided but apparmor not supported");
  }
};
