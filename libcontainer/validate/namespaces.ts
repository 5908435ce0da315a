import type { Check } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** Those that come last are not in every kernel that runt runs on. */
const TYPES: readonly string[] = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];
const FIRST_UNCERTAIN = 5;

/** `linux.namespaces`. Texts are runc's where it has one. */
export const checkNamespaces: Check = ({ spec, facts, error }) => {
  const namespaces = spec.linux!.namespaces!;
  const seen: string[] = [];
  for (let i = 0; i < namespaces.length; i++) {
    const { type, path = "" } = namespaces[i]!;
    const at = `linux.namespaces[${i}]`;
    const index = TYPES.indexOf(type);
    if (index < 0) error(`${at}.type`, `namespace ${JSON.stringify(type)} does not exist`);
    else if (seen.includes(type)) {
      error(`${at}.type`, `malformed spec file: duplicated ns ${JSON.stringify(type)}`);
    } else if (index >= FIRST_UNCERTAIN && !facts.hasNamespace(type)) {
      error(`${at}.type`, `${type} namespaces aren't enabled in the kernel`);
    }
    seen.push(type);
    if (path !== "" && !path.startsWith("/")) error(`${at}.path`, "must be an absolute path");
  }
};

/** A mount namespace is a must. runc can do without, and leaves the container's mounts among the host's. */
export const checkMountNamespace: Check = ({ spec, error }) => {
  if (namespaceOf(spec, "mount")) return;
  const hint = 'add {"type": "mount"} to linux.namespaces';
  error(
    "linux.namespaces",
    "a container needs a mount namespace: its mounts would stay among the host's",
    hint,
  );
};
