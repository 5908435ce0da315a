import { memberPath } from "../spec/problem.ts";
import type { Check, CheckContext } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** Parameters of the ipc namespace, beside `fs.mqueue.*`. */
const IPC = "msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced".split(" ");

/**
 * `linux.sysctl`: only what belongs to a namespace of the container may be set, or the host would be changed.
 * Rules and texts are runc's.
 */
export const checkSysctl: Check = (context) => {
  for (const key in context.spec.linux?.sysctl) {
    const message = objectionTo(dottedSysctl(key), context);
    if (message !== undefined) context.error(memberPath("linux.sysctl", key), message);
  }
};

function objectionTo(name: string, { spec, facts }: CheckContext): string | undefined {
  const quoted = JSON.stringify(name);
  // "/" stands for a dot of the file name, so "//" could be "..".
  if (name.split(".").some((part) => part === "" || part === "/" || part === "//")) {
    return `sysctl ${quoted} is not a valid name`;
  }
  if (name.startsWith("fs.mqueue.") || name.startsWith("kernel.") && IPC.includes(name.slice(7))) {
    if (namespaceOf(spec, "ipc") !== undefined) return undefined;
    return `sysctl ${quoted} is not allowed in the hosts ipc namespace`;
  }
  if (name.startsWith("net.")) {
    const network = namespaceOf(spec, "network");
    try {
      if (network !== undefined && (!network.path || !facts.isOwnNamespace("network", network.path))) {
        return undefined;
      }
    } catch (error) {
      const reason = /^(.*?) \(os error/.exec((error as Error).message)?.[1] ?? (error as Error).message;
      return `invalid netns path: stat ${network!.path}: ${reason}`;
    }
    return `sysctl ${quoted} not allowed in host network namespace`;
  }
  if (namespaceOf(spec, "uts") !== undefined) {
    if (name === "kernel.domainname") return undefined;
    if (name === "kernel.hostname") {
      return `sysctl ${quoted} is not allowed as it conflicts with the OCI "hostname" field`;
    }
  }
  if (name.startsWith("user.")) {
    if (namespaceOf(spec, "user") !== undefined) return undefined;
    return `setting ucounts without a user namespace not allowed: ${name}`;
  }
  return `sysctl ${quoted} is not in a separate kernel namespace`;
}

/**
 * A parameter's name with dots as separators, whichever of sysctl.d(5)'s two spellings it has: when the first
 * separator is a slash, dots and slashes swap.
 *
 * @example `net/ipv4/conf/eno2.100.rp_filter` is `net.ipv4.conf.eno2/100/rp_filter`
 */
export function dottedSysctl(key: string): string {
  const slash = key.indexOf("/"), dot = key.indexOf(".");
  if (slash < 0 || dot >= 0 && dot < slash) return key;
  return key.replace(/[./]/g, (separator) => separator === "/" ? "." : "/");
}

/**
 * Where a parameter is below /proc/sys, as path components; none is empty, `.` or `..` once `checkSysctl` has
 * passed it.
 *
 * @param key as in config.json
 */
export function sysctlPath(key: string): string[] {
  return dottedSysctl(key).split(".").map((part) => part.replaceAll("/", "."));
}
