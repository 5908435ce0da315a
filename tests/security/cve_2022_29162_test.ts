/**
 * CVE-2022-29162 (and CVE-2022-24769, CVE-2022-27650, CVE-2025-27612 of others): inheritable capabilities that nobody
 * asked for. A program with inheritable file capabilities would raise them up to the bounding set.
 *
 * Seen to fail without the defence: have `addCapabilities()` of `libcontainer/lifecycle/exec_process.ts` add to
 * `inheritable` as well (second test).
 */
import { assertEquals, assertMatch } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { startContainer } from "../support/running_container.ts";
import { run, RUNT } from "../support/runtime.ts";

const SHOW = ["sh", "-c", "grep -E '^Cap(Inh|Amb)' /proc/self/status"] as const;
const NONE = /^CapInh:\s0{16}\nCapAmb:\s0{16}\n$/;

testNeeding([root], "CVE-2022-29162: the config that spec writes makes no capability inheritable", () => {
  using bundle = makeBundle();
  const directory = `${bundle.directory}/written`;
  Deno.mkdirSync(directory);
  assertEquals(run(RUNT, ["spec", "-b", directory]).code, 0);
  const { process } = JSON.parse(Deno.readTextFileSync(`${directory}/config.json`));
  assertEquals(process.capabilities.inheritable ?? [], []);
  assertEquals(process.capabilities.ambient ?? [], []);
});

testNeeding([root], "CVE-2022-29162: what exec --cap adds is neither inheritable nor ambient", () => {
  using running = startContainer(({ process }) => {
    delete process.capabilities.inheritable;
    delete process.capabilities.ambient;
  });
  for (const user of ["0", "1000"]) {
    const flags = ["--user", user, "--cap", "CAP_NET_ADMIN", "--cap", "CAP_SYS_ADMIN"];
    assertMatch(running.exec(...flags, "ID", ...SHOW).stdout, NONE, `user ${user}`);
  }
  assertMatch(running.exec("ID", ...SHOW).stdout, NONE);
});
