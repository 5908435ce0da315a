import { assertEquals } from "@std/assert";
import * as landlock from "../../../ffi/constants/landlock.ts";
import { FILE_RIGHTS, FS_RIGHTS, LOG_FLAGS, NET_RIGHTS, NEWEST_ABI, SCOPES } from "./rights.ts";

Deno.test("every right, scope and flag of the header has a name here, and a version", () => {
  const tables = {
    ACCESS_FS_: FS_RIGHTS,
    ACCESS_NET_: NET_RIGHTS,
    SCOPE_: SCOPES,
    RESTRICT_SELF_: LOG_FLAGS,
  };
  for (const [prefix, rights] of Object.entries(tables)) {
    const constants = Object.entries(landlock).filter(([name]) => name.startsWith(`LANDLOCK_${prefix}`));
    assertEquals([...rights.values()].map(({ bit }) => bit).sort(), constants.map(([, bit]) => bit).sort());
    for (const { abi } of rights.values()) assertEquals(abi >= 1 && abi <= NEWEST_ABI, true);
  }
});

Deno.test("the rights that mean something for files are the kernel's", () => {
  const of = (...names: string[]) => names.reduce((mask, name) => mask | FS_RIGHTS.get(name)!.bit, 0);
  assertEquals(
    FILE_RIGHTS,
    of("execute", "write_file", "read_file", "truncate", "ioctl_dev", "resolve_unix"),
  );
});
