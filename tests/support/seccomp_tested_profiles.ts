/**
 * Profiles after what runc's own tests show of a filter: what each is for, in runt's words and with runt's calls.
 *
 * @module
 */
import { NAMES } from "../../libcontainer/security/seccomp/syscall_table.ts";
import type {
  LinuxSeccomp,
  LinuxSeccompAction,
  LinuxSeccompArg,
  LinuxSeccompOperator,
  LinuxSyscall,
} from "../../libcontainer/spec/seccomp.ts";

const ARCHITECTURES = ["X86_64", "X86", "X32"].map((name) => `SCMP_ARCH_${name}`) as NonNullable<
  LinuxSeccomp["architectures"]
>;
const DIRECTORIES = ["mkdir", "mkdirat"];
/** Calls that came with Linux 5.2 and later: a profile that was written before does not name them. */
const YOUNG =
  "open_tree move_mount fsopen fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 " +
  "process_madvise epoll_pwait2 mount_setattr quotactl_fd landlock_create_ruleset landlock_add_rule " +
  "landlock_restrict_self memfd_secret process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2";
/** Calls that a profile of permitted ones leaves out, though it could know them. */
const LEFT_OUT = "keyctl add_key request_key bpf kexec_load init_module swapon reboot mount umount2";

function rule(
  names: readonly string[],
  action: LinuxSeccompAction,
  more: Partial<LinuxSyscall> = {},
): LinuxSyscall {
  return { names, action, ...more };
}

function when(
  index: number,
  op: string,
  value: number | bigint,
  valueTwo?: number | bigint,
): LinuxSeccompArg {
  const operator = `SCMP_CMP_${op}` as LinuxSeccompOperator;
  return { index, op: operator, value, ...(valueTwo === undefined ? {} : { valueTwo }) };
}

/** What is not named is permitted. */
const forbidding = (...syscalls: LinuxSyscall[]): LinuxSeccomp => ({
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls,
});

/** The calls of before `until`, but for some. */
function olderThan(youngest: readonly string[]): string[] {
  const out = new Set([...youngest, ...LEFT_OUT.split(" ")]);
  return NAMES.split(" ").filter((name) => !out.has(name));
}

/** All of them, each with what it shows. */
export function testedProfiles(): [what: string, profile: LinuxSeccomp][] {
  const young = YOUNG.split(" ");
  const permitted = (names: readonly string[]): LinuxSyscall[] => [rule(names, "SCMP_ACT_ALLOW")];
  const profiles: [string, LinuxSeccomp][] = [
    ["an errno, the usual one", forbidding(rule(DIRECTORIES, "SCMP_ACT_ERRNO"))],
    ["an errno that is told", forbidding(rule(DIRECTORIES, "SCMP_ACT_ERRNO", { errnoRet: 100 }))],
    ["the errno 0", forbidding(rule(DIRECTORIES, "SCMP_ACT_ERRNO", { errnoRet: 0 }))],
    [
      "calls that init may do without",
      forbidding(rule(young, "SCMP_ACT_ERRNO", { errnoRet: 38 })),
    ],
    ["one action for a call and another for the next", {
      ...forbidding(
        rule(["mkdir"], "SCMP_ACT_KILL_PROCESS"),
        rule(["mkdirat"], "SCMP_ACT_TRAP"),
        rule(["chmod"], "SCMP_ACT_TRACE", { errnoRet: 5 }),
        rule(["rmdir"], "SCMP_ACT_LOG"),
        rule(["chown"], "SCMP_ACT_KILL_THREAD"),
      ),
      architectures: ARCHITECTURES,
    }],
    [
      "a call of one argument's value",
      forbidding(rule(["write"], "SCMP_ACT_ERRNO", { args: [when(0, "EQ", 2)] })),
    ],
    [
      "a call of two arguments' values",
      forbidding(rule(["write"], "SCMP_ACT_ERRNO", { args: [when(0, "EQ", 2), when(2, "NE", 0)] })),
    ],
    [
      "a call of either of two values of an argument",
      forbidding(rule(["write"], "SCMP_ACT_ERRNO", { args: [when(0, "EQ", 1), when(0, "EQ", 2)] })),
    ],
    [
      "some flags of clone, by a mask",
      forbidding(rule(["clone"], "SCMP_ACT_ERRNO", { args: [when(0, "MASKED_EQ", 0x7e020000, 0x10000000)] })),
    ],
    [
      "a mask over 32 bits",
      forbidding(
        rule(["clone"], "SCMP_ACT_ERRNO", {
          errnoRet: 22,
          args: [when(0, "MASKED_EQ", 0xffff00000000ff00n, 0x1200000000003400n)],
        }),
      ),
    ],
    ["calls that an agent decides on", {
      ...forbidding(rule(["chmod", "fchmod", "fchmodat", "mkdir"], "SCMP_ACT_NOTIFY")),
      architectures: ARCHITECTURES,
      listenerPath: "/run/agent",
    }],
    ["calls that an agent decides on, of those that are permitted", {
      defaultAction: "SCMP_ACT_ERRNO",
      architectures: ARCHITECTURES,
      syscalls: [rule(["mkdir"], "SCMP_ACT_NOTIFY"), ...permitted(olderThan([...young, "mkdir"]))],
    }],
    ["rules that say what is said anyhow", {
      ...forbidding(rule(DIRECTORIES, "SCMP_ACT_ALLOW")),
      architectures: ARCHITECTURES,
    }],
    ["calls that no architecture has", forbidding(rule(["mkdir", "no_such_call"], "SCMP_ACT_ERRNO"))],
  ];
  for (const action of ["KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "TRACE", "LOG"]) {
    const word = `SCMP_ACT_${action}` as LinuxSeccompAction;
    profiles.push([`${action} for a call`, forbidding(rule(DIRECTORIES, word))]);
    profiles.push([`${action} for all but some`, {
      defaultAction: word,
      architectures: ARCHITECTURES,
      syscalls: permitted(olderThan(young)),
    }]);
  }
  for (const errno of [undefined, 6, 38]) {
    // Profiles of five ages: what is newer than each has ENOSYS.
    for (const age of [0, 6, 12, 18, young.length]) {
      profiles.push([`permitted calls up to ${young[age] ?? "the newest"}, errno ${errno ?? "the usual"}`, {
        defaultAction: "SCMP_ACT_ERRNO",
        ...(errno === undefined ? {} : { defaultErrnoRet: errno }),
        ...(age % 4 ? { architectures: ARCHITECTURES } : {}),
        syscalls: permitted(olderThan(young.slice(age))),
      }]);
    }
  }
  const flags = ["TSYNC", "LOG", "SPEC_ALLOW"].map((flag) => `SECCOMP_FILTER_FLAG_${flag}`);
  for (let set = 0; set < 8; set++) {
    profiles.push([`the flags ${set}`, {
      ...forbidding(rule(DIRECTORIES, "SCMP_ACT_ERRNO")),
      flags: flags.filter((_, i) => set >> i & 1),
    }]);
  }
  return profiles;
}
