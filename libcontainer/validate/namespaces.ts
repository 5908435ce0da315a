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

/** What is in the place of the caller's own root would be in the place of the host's. */
function checkNotOwn(index: number, path: string, { facts, error }: Parameters<Check>[0]): void {
  let isOwn = false;
  try {
    isOwn = facts.isOwnNamespace("mount", path);
  } catch {
    return; // told when it is to be joined
  }
  if (!isOwn) return;
  const hint = "leave the entry away for a container without a mount namespace of its own";
  error(`linux.namespaces[${index}].path`, "the caller's own mount namespace cannot get another root", hint);
}

/**
 * Without a mount namespace the mounts are made among the host's, which takes the host's rights: no user namespace has
 * them.
 */
export const checkMountNamespace: Check = (context) => {
  const { spec, options, error } = context, mount = namespaceOf(spec, "mount");
  if (mount?.path) checkNotOwn(spec.linux!.namespaces!.indexOf(mount), mount.path, context);
  if (mount || !options.rootless && !namespaceOf(spec, "user")) return;
  const hint = 'add {"type": "mount"} to linux.namespaces';
  error("linux.namespaces", "a container with a user namespace needs a mount namespace", hint);
};
