import { type Config, makesNamespace } from "../config/config.ts";
import type { RuntimeOptions } from "./options.ts";

/**
 * Whether runt's user is not root, where it is: containers need a user namespace then, and what in config.json takes
 * root's rights is refused. Root of a user namespace counts as root, as in runc.
 */
export function isRootless(): boolean {
  return Deno.uid() !== 0;
}

/**
 * Whether missing rights on cgroups are forgiven, as far as nothing in config.json depends on them: as `--rootless`
 * says, or else, as in runc, for everybody but the host's root.
 */
export function forgivesCgroups(
  { rootless, systemdCgroup }: Pick<RuntimeOptions, "rootless" | "systemdCgroup">,
  host: { readonly inUserNamespace: boolean },
): boolean {
  if (rootless !== "auto") return rootless === "true";
  if (isRootless()) return true;
  // A systemd that a user runs is spoken to over his own bus; else it is that of the namespace's root.
  return host.inUserNamespace && (!systemdCgroup || Deno.env.get("DBUS_SESSION_BUS_ADDRESS") !== undefined);
}

/** Warns, as runc does, of a container whose processes neither a cgroup nor a pid namespace holds together. */
export function warnOfStrays(
  { log }: Pick<RuntimeOptions, "log">,
  config: Pick<Config, "namespaces">,
  { paths }: { readonly paths: Readonly<Record<string, string>> },
): void {
  // On cgroup v1 the devices hierarchy stands for all.
  if ("devices" in paths || "" in paths) return;
  if (makesNamespace(config, "pid")) return;
  log.warn(
    "Creating a rootless container with no cgroup and no private pid namespace. Such configuration is strongly " +
      "discouraged (as it is impossible to properly kill all container's processes) and will result in an error in a " +
      "future runc version.",
  );
}
