import { assertEquals } from "@std/assert";
import { findingsOf } from "../../tests/support/checked_spec.ts";
import { FULL_SPEC } from "../../tests/support/full_spec.ts";
import { checkSeccomp } from "./seccomp.ts";

/** What the check says, with the path taken off. */
function seccomp(value: unknown, annotations: unknown = {}): string[] {
  return findingsOf(checkSeccomp, { "linux.seccomp": value, annotations })
    .map((line) => line.replace("linux.seccomp.", ""));
}

Deno.test("checkSeccomp() has runc's words for names that libseccomp does not know", () => {
  assertEquals(seccomp({ defaultAction: "" }), []);
  assertEquals(seccomp(FULL_SPEC.linux.seccomp), []);
  assertEquals(
    seccomp({
      defaultAction: "SCMP_ACT_FOO",
      architectures: ["X86"],
      flags: ["LOG"],
      listenerMetadata: "m",
      syscalls: [
        { names: [], action: "SCMP_ACT_NOTIFY", args: [{ index: 6, value: 0, op: "EQ" }] },
        { names: ["write"], action: "SCMP_ACT_NOTIFY" },
      ],
    }),
    [
      "defaultAction: string SCMP_ACT_FOO is not a valid action for seccomp",
      "architectures[0]: string X86 is not a valid arch for seccomp",
      "flags[0]: seccomp flag LOG is not known to runt",
      "syscalls[0].names: must not be empty",
      "syscalls[0].args[0].index: must be between 0 and 5, not 6",
      "syscalls[0].args[0].op: string EQ is not a valid operator for seccomp",
      "syscalls[1].action: SCMP_ACT_NOTIFY cannot be used for the write syscall",
      "listenerPath: seccomp listenerPath is not set",
      "warning: listenerMetadata: ignored, since listenerPath is not set",
    ],
  );
  assertEquals(seccomp({ defaultAction: "SCMP_ACT_NOTIFY" }), [
    "defaultAction: SCMP_ACT_NOTIFY cannot be used as default action",
  ]);
});

Deno.test("checkSeccomp() takes crun's annotation for a listenerPath", () => {
  const profile = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }],
  };
  assertEquals(seccomp(profile), ["listenerPath: seccomp listenerPath is not set"]);
  assertEquals(seccomp(profile, { "run.oci.seccomp.receiver": "/run/agent" }), []);
});

Deno.test("checkSeccomp() refuses an errno that would be cut off, as libseccomp does", () => {
  const rule = (action: string, errnoRet: number) => ({ names: ["mkdir"], action, errnoRet });
  const profile = {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 70000,
    syscalls: [rule("SCMP_ACT_ERRNO", 4095), rule("SCMP_ACT_TRACE", 65536), rule("SCMP_ACT_ALLOW", 70000)],
  };
  assertEquals(seccomp(profile), [
    "defaultErrnoRet: must be at most 4094 for SCMP_ACT_ERRNO, not 70000",
    "syscalls[0].errnoRet: must be at most 4094 for SCMP_ACT_ERRNO, not 4095",
    "syscalls[1].errnoRet: must be at most 65535 for SCMP_ACT_TRACE, not 65536",
  ]);
  const fits = [rule("SCMP_ACT_ERRNO", 4094), rule("SCMP_ACT_TRACE", 65535)];
  assertEquals(seccomp({ ...profile, defaultErrnoRet: 38, syscalls: fits }), []);
});
