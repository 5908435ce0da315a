import type { Check } from "./issue.ts";

/** `process.selinuxLabel`. runc's text. */
export const checkSelinuxLabel: Check = ({ spec, facts, error }) => {
  if (spec.process!.selinuxLabel !== "" && !facts.selinuxEnabled) {
    error(
      "process.selinuxLabel",
      "selinux label is specified in config, but selinux is disabled or not supported",
    );
  }
};

/** `process.apparmorProfile`. runc's text. */
export const checkApparmorProfile: Check = ({ spec, facts, error }) => {
  if (spec.process!.apparmorProfile !== "" && !facts.apparmorEnabled) {
    error("process.apparmorProfile", "apparmor: config provided but apparmor not supported");
  }
};
