import { assert, assertEquals } from "@std/assert";
import { isMountFlag } from "../validate/mount_options.ts";
import { describeFeatures } from "./mod.ts";

const FACTS = { version: "1.2.3", commit: "abc", specVersion: "1.3.0" };

Deno.test("describeFeatures() names versions, commit and all capabilities of the kernel", () => {
  const features = describeFeatures(FACTS);
  assertEquals([features.ociVersionMin, features.ociVersionMax], ["1.0.0", "1.3.0"]);
  assertEquals(features.annotations, {
    "io.github.runt.commit": "abc",
    "io.github.runt.landlock.abi": "10",
    "io.github.runt.version": "1.2.3",
  });
  assertEquals(features.linux.capabilities.length, 41);
  assert(features.linux.capabilities.includes("CAP_SYS_ADMIN"));
});

Deno.test("describeFeatures() lists names in order and once, as engines compare them", () => {
  const { hooks, mountOptions, linux } = describeFeatures(FACTS);
  assertEquals(new Set(linux.capabilities).size, linux.capabilities.length);
  const { modes, flags } = linux.memoryPolicy;
  assertEquals([modes.length, flags.length], [7, 3]);
  const { actions, operators, archs } = linux.seccomp;
  for (const list of [mountOptions, linux.namespaces, modes, flags, actions, operators, archs]) {
    assertEquals([...list], [...new Set(list)].sort());
  }
  assertEquals(new Set(hooks).size, hooks.length);
});

Deno.test("describeFeatures() names mount options that the validation takes for options and not for data", () => {
  const { mountOptions } = describeFeatures(FACTS);
  assert(mountOptions.includes("rbind"));
  assertEquals(mountOptions.filter((option) => !isMountFlag(option)), []);
});

Deno.test("describeFeatures() names the annotations that change what runt does, in order", () => {
  const names = describeFeatures(FACTS).potentiallyUnsafeConfigAnnotations;
  assertEquals(names, ["io.github.runt.landlock", "org.systemd.property.", "run.oci.seccomp.receiver"]);
});
