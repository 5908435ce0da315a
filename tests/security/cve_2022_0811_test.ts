/**
 * CVE-2022-0811, of CRI-O: a sysctl that is allowed by its name and sets another one, such as kernel.core_pattern,
 * which names a program that the host's kernel runs.
 *
 * Seen to fail without the defence: take the test for valid names out of `objectionTo()` in
 * `libcontainer/validate/sysctl.ts`, and RESOLVE_BENEATH out of `libcontainer/rootfs/proc.ts`.
 */
import { assert, assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

const PATTERN = "/proc/sys/kernel/core_pattern", EVIL = "|/evil";
const NAMES = [
  "kernel.core_pattern",
  "kernel/core_pattern",
  "net/../kernel/core_pattern",
  "net.//.kernel.core_pattern",
  "net...kernel.core_pattern",
  "net.ipv4./../..kernel.core_pattern",
  "net.ipv4/../../kernel/core_pattern",
  "net.ipv4.//.//.kernel.core_pattern",
  "net/ipv4/../../kernel/core_pattern",
  "fs.mqueue.//.//.kernel.core_pattern",
  "kernel.shmmax\0kernel.core_pattern",
  "kernel.shm_rmid_forced=1+kernel.core_pattern",
];

for (const name of NAMES) {
  testNeeding([root], `CVE-2022-0811: ${JSON.stringify(name)} sets nothing of the host`, () => {
    const before = Deno.readTextFileSync(PATTERN);
    using bundle = makeBundle(({ linux, process }) => {
      linux.sysctl = { [name]: EVIL };
      process.args = ["echo", "started"];
    });
    using runtime = new Runtime();
    const { code, stdout } = runtime.run(bundle.directory);
    const after = Deno.readTextFileSync(PATTERN);
    if (after !== before) Deno.writeTextFileSync(PATTERN, before);
    assertEquals(after, before);
    assert(code !== 0);
    assertEquals(stdout, "");
  });
}

testNeeding([root], "CVE-2022-0811: a value is one value, whatever is in it", () => {
  const before = Deno.readTextFileSync(PATTERN);
  using bundle = makeBundle(({ linux, process }) => {
    linux.sysctl = { "kernel.shm_rmid_forced": "1+kernel.core_pattern=|/evil" };
    process.args = ["echo", "started"];
  });
  using runtime = new Runtime();
  assert(runtime.run(bundle.directory).code !== 0);
  assertEquals(Deno.readTextFileSync(PATTERN), before);
});
