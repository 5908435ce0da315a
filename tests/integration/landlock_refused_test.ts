/**
 * Annotations that ask for Landlock and that are wrong, or ask for more than there is (docs/landlock.md).
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  FILES,
  isRunc,
  landlock,
  NAME,
  restricted,
  runRestricted,
  SHELL,
  VERSION,
} from "../support/landlock.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

testNeeding([root, isRunc, landlock(1)], "a path of a rule that is not there is told with its place", () => {
  const ruleset = {
    ...FILES,
    rules: { pathBeneath: [...SHELL, { allowedAccess: ["execute"], paths: ["/bin", "/no"] }] },
  };
  const { code, stderr } = runRestricted(ruleset, "true");
  assertEquals(code, 1);
  const at = `annotations[\\"${NAME}\\"].rules.pathBeneath[2].paths[1]`;
  assertStringIncludes(stderr, `${at}: error applying Landlock: \\"/no\\": no such file or directory`);
});

testNeeding([root, isRunc], "a ruleset that is wrong is refused before anything is made", () => {
  const ruleset = {
    ruleset: { handledAccessFS: ["execute", "reed_file"] },
    rules: { pathBeneath: [{ allowedAccess: ["execute"], paths: ["bin"] }] },
    bestEffort: true,
  };
  using bundle = restricted(ruleset, "true"), runtime = new Runtime();
  const { code, stderr } = runtime.call(["create", "-b", bundle.directory, "c"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `annotations[\\"${NAME}\\"].bestEffort: is no field of a Landlock ruleset`);
  assertEquals([...Deno.readDirSync(runtime.root)].length, 0);
  using other = restricted({ ...ruleset, bestEffort: undefined }, "true");
  const more = runtime.call(["create", "-b", other.directory, "c"]).stderr;
  for (const place of ["ruleset.handledAccessFS[1]", "rules.pathBeneath[0].paths[0]"]) {
    assertStringIncludes(more, place);
  }
});

testNeeding(
  [root, isRunc, () => VERSION < 10 ? undefined : "needs a kernel that lacks some of Landlock"],
  "what the kernel lacks is warned of, or refused where the config does not do with less",
  () => {
    const lacking = {
      ruleset: { handledAccessFS: ["execute"], handledAccessNet: ["bind_udp"] },
      rules: { pathBeneath: [{ allowedAccess: ["execute"], paths: ["/bin"] }] },
    };
    const { code, stdout, stderr } = runRestricted(lacking, "echo here");
    assertEquals([code, stdout], [0, "here\n"]);
    assertMatch(stderr, /level=warning msg="annotations.*this kernel has .*not denied"/);
    const strict = runRestricted({ ...lacking, disableBestEffort: true }, "echo here");
    assertEquals([strict.code, strict.stdout], [1, ""]);
    assertMatch(strict.stderr, /level=error msg=".*this kernel has /);
  },
);
