import { PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS } from "../../ffi/constants/prctl.ts";
import { EACCES, EINVAL, EPERM, EROFS } from "../../ffi/errno.ts";
import { type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import type { CapabilitySets, Config } from "../config/config.ts";
import { textOfErrno } from "../errno_text.ts";
import { RuntError } from "../error.ts";
import { queueBoundingSet, queueCapabilities } from "../security/capabilities.ts";
import type { ProgramContext } from "./context.ts";
import { forbidTracing } from "./first_steps.ts";

/** What a process gets whose config names none. */
const NO_CAPABILITIES: CapabilitySets = {
  bounding: "0",
  effective: "0",
  permitted: "0",
  inheritable: "0",
  ambient: "0",
};

/** No program from here on gains privileges (`PR_SET_NO_NEW_PRIVS(2const)`). */
export function setNoNewPrivileges(kernel: Kernel, config: Config): void {
  if (config.process.noNewPrivileges) kernel.prctl(PR_SET_NO_NEW_PRIVS, 1);
}

/**
 * Enters the working directory and becomes the user, with the capabilities and no others.
 *
 * The working directory is tried first with the rights of before, then with the user's, as runc does: either may be
 * the only one who is allowed in.
 *
 * @returns what tells, after the next flush, how that went
 * @throws {RuntError} when the directory cannot be entered or lies outside the root (CVE-2024-21626)
 */
export function queueUser(kernel: Kernel, config: Config, context: ProgramContext): () => void {
  const { process } = config, { uid, gid, capabilities = NO_CAPABILITIES } = process;
  const where = { step: "cwd", path: "process.cwd", what: JSON.stringify(process.cwd) };
  const before = kernel.at(where, () => kernel.chdir(process.cwd, { accept: "any" }));
  queueBoundingSet(kernel, capabilities, context.lastCap);
  kernel.prctl(PR_SET_KEEPCAPS, 1);
  giveStdio(kernel, context, uid);
  if (!context.setgroupsDenied) {
    kernel.at({ step: "user", path: "process.user.additionalGids" }, () => {
      kernel.setgroups(process.additionalGids);
    });
  }
  const setGid = kernel.at({ step: "user", path: "process.user.gid" }, () => {
    return kernel.call("setresgid", [gid, gid, gid], { accept: [EINVAL] });
  });
  const setUid = kernel.at({ step: "user", path: "process.user.uid" }, () => {
    return kernel.call("setresuid", [uid, uid, uid], { accept: [EINVAL] });
  });
  let after: Result | undefined;
  kernel.when(before, "failed", () => {
    after = kernel.at(where, () => kernel.chdir(process.cwd, { accept: "any" }));
  });
  const directory = new Out(4096);
  // A filter may not know it.
  const current = kernel.at({ ...where, step: "workingDirectory" }, () => kernel.getcwd(directory));
  kernel.prctl(PR_SET_KEEPCAPS, 0);
  queueCapabilities(kernel, capabilities);
  // The change of user has made the process what fs.suid_dumpable says, which may be traceable (proc_sys_fs(5)).
  forbidTracing(kernel);
  return () => {
    if (setGid.value < 0) throw unmapped("gid", gid);
    if (setUid.value < 0) throw unmapped("uid", uid);
    checkDirectory(process.cwd, before, after!);
    if (directory.bytes[0] !== 0x2f || current.value < 2) {
      throw new RuntError(
        "unsafe",
        "current working directory is outside of container mount namespace root -- possible container breakout detected",
        { path: "process.cwd" },
      );
    }
  };
}

function unmapped(kind: "uid" | "gid", id: number): RuntError {
  return new RuntError("invalid-config", `cannot set${kind} to unmapped ${kind} ${id} in user namespace`, {
    path: `process.user.${kind}`,
    hint: `Add ${id} to linux.${kind}Mappings`,
  });
}

function checkDirectory(cwd: string, before: Result, after: Result): void {
  const failed = before.ok || after.ok
    ? undefined
    : before.errno === EACCES || before.errno === EPERM
    ? after
    : before;
  if (!failed) return;
  const text = textOfErrno(failed.errno);
  throw new RuntError("exec", `chdir to cwd (${JSON.stringify(cwd)}) set in config.json failed: ${text}`, {
    path: "process.cwd",
  });
}

/** Gives the standard streams to the user, who must be able to reopen them; `/dev/null` stays everybody's. */
function giveStdio(kernel: Kernel, { stdio }: ProgramContext, uid: number): void {
  for (const { fd, uid: owner, isDevNull, stays } of stdio) {
    if (owner === uid || isDevNull || stays) continue;
    // EPERM: the owner is not mapped into our user namespace. EROFS: a read-only /dev. Both are fine as they are.
    kernel.at({ step: "stdio", what: `descriptor ${fd}` }, () => {
      kernel.fchown(fd, uid, -1, { accept: [EPERM, EROFS, EINVAL] });
    });
  }
}
