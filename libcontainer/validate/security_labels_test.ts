import { assertEquals } from "@std/assert";
import { errorsOf, findingsOf } from "../../tests/support/checked_spec.ts";
import { checkApparmorProfile, checkSelinuxLabel } from "./security_labels.ts";

Deno.test("checkSelinuxLabel() and checkApparmorProfile() want the module to be on", () => {
  assertEquals(findingsOf(checkSelinuxLabel, { "process.selinuxLabel": "l" }), [
    "process.selinuxLabel: selinux label is specified in config, but selinux is disabled or not supported",
  ]);
  assertEquals(findingsOf(checkSelinuxLabel, { "process.selinuxLabel": "l" }, { selinuxEnabled: true }), []);
  assertEquals(findingsOf(checkApparmorProfile, { "process.apparmorProfile": "p" }), [
    "process.apparmorProfile: apparmor: config provided but apparmor not supported",
  ]);
  assertEquals(
    findingsOf(checkApparmorProfile, { "process.apparmorProfile": "p" }, { apparmorEnabled: true }),
    [],
  );
});

Deno.test("the checks of profiles and labels are asked", () => {
  const changes = { "process.apparmorProfile": "p", "process.selinuxLabel": "l" };
  assertEquals(errorsOf(changes).length, 2);
  assertEquals(errorsOf(changes, { apparmorEnabled: true, selinuxEnabled: true }), []);
});
