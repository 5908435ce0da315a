import { assertEquals } from "@std/assert";
import { CAPABILITY_NAMES, capabilityNumber } from "./capability_names.ts";
import { RLIMIT_NAMES, rlimitNumber } from "./rlimit_names.ts";

Deno.test("capabilityNumber() knows the numbers of linux/capability.h", () => {
  const known: [string, number][] = [
    ["CAP_CHOWN", 0],
    ["CAP_SETPCAP", 8],
    ["CAP_SYS_ADMIN", 21],
    ["CAP_SETFCAP", 31],
    ["CAP_SYSLOG", 34],
    ["CAP_CHECKPOINT_RESTORE", 40],
    ["CHOWN", -1],
    ["cap_chown", -1],
    ["CAP_", -1],
  ];
  for (const [name, number] of known) assertEquals(capabilityNumber(name), number, name);
  assertEquals(new Set(CAPABILITY_NAMES).size, 41);
});

Deno.test("rlimitNumber() knows the numbers of asm-generic/resource.h", () => {
  const known: [string, number][] = [
    ["RLIMIT_CPU", 0],
    ["RLIMIT_NOFILE", 7],
    ["RLIMIT_AS", 9],
    ["RLIMIT_RTTIME", 15],
    ["NOFILE", -1],
    ["RLIMIT_FOO", -1],
  ];
  for (const [name, number] of known) assertEquals(rlimitNumber(name), number, name);
  assertEquals(new Set(RLIMIT_NAMES).size, 16);
});
