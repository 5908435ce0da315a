import type { Check } from "./issue.ts";

/** `root`; that the directory exists is seen when it is opened. */
export const checkRoot: Check = ({ spec, error }) => {
  if (spec.root === undefined) error("root", "root must be specified"); // runc's text
  else if (spec.root.path === "") error("root.path", "must not be empty");
};
