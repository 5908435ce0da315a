import { assert, assertEquals, assertThrows } from "@std/assert";
import { EINVAL, ENOENT, EPERM } from "../../ffi/errno.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import { processConfig } from "../../tests/support/init_fixture.ts";
import type { ProcessConfig } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { queueCapabilities } from "../security/capabilities.ts";
import { setAttributes, setInitialAffinity } from "./attributes.ts";
import { explainProcessError } from "./explain.ts";
import { setApparmorProfile, setSelinuxLabel } from "./labels.ts";

const SCHEDULER = { policy: 6, flags: 0, nice: 0, priority: 0, runtime: "1", deadline: "2", period: "3" };
const ALL = processConfig({
  scheduler: SCHEDULER,
  ioPriority: 0x4004,
  personality: 8,
  memoryPolicy: { mode: 2, nodes: "0" },
});

/** The error that a step ends with when a call fails, as it is told. */
function told(name: string, errno: number, part: Partial<ProcessConfig>, cpus?: string): RuntError {
  const kernel = new RecordingKernel((operation) => operation.name === name ? -errno : undefined);
  const config = { ...processConfig(part), cgroup: { path: "", resources: cpus ? { cpu: { cpus } } : {} } };
  const error = assertThrows(() => {
    setInitialAffinity(kernel, config.process);
    setAttributes(kernel, config.process);
    setApparmorProfile(kernel, config.process);
    setSelinuxLabel(kernel, config.process);
    kernel.flush();
  });
  const explained = explainProcessError(error, config);
  assert(explained instanceof RuntError);
  return explained;
}

Deno.test("what the kernel refuses is told in runc's words, with its place in config.json", () => {
  const cases: [string, string, string][] = [
    ["sched_setattr", "error setting scheduler", "process.scheduler"],
    ["ioprio_set", "failed to set io priority", "process.ioPriority"],
    ["personality", "set_personality", "linux.personality"],
    ["set_mempolicy", "set_mempolicy", "linux.memoryPolicy"],
  ];
  for (const [name, text, path] of cases) {
    const error = told(name, EINVAL, ALL.process);
    assertEquals(error.message, `${text}: as the script says`);
    assertEquals(error.path, path);
  }
  const affinity = { initial: "0", final: undefined };
  assertEquals(
    told("sched_setaffinity", EINVAL, { affinity }).message,
    "error setting initial CPU affinity: as the script says",
  );
});

Deno.test("capabilities that cannot be taken are told in runc's words, with a hint", () => {
  const kernel = new RecordingKernel(({ name }) => name === "capset" ? -EPERM : undefined);
  const error = assertThrows(() => {
    queueCapabilities(kernel, {
      bounding: "1",
      effective: "1",
      permitted: "0",
      inheritable: "0",
      ambient: "0",
    });
    kernel.flush();
  });
  const explained = explainProcessError(error) as RuntError;
  assertEquals(explained.message, "unable to apply caps: as the script says");
  assertEquals([explained.path, explained.hint?.includes("must be permitted")], [
    "process.capabilities",
    true,
  ]);
});

Deno.test("a deadline in a cpuset is told as such", () => {
  const { message } = told("sched_setattr", EPERM, ALL.process, "0");
  assertEquals(message, "process scheduler can't be used together with AllowedCPUs");
  assertEquals(
    told("sched_setattr", EPERM, ALL.process).message,
    "error setting scheduler: as the script says",
  );
});

Deno.test("errors of other steps are left as they are", () => {
  const error = new Error("other");
  assertEquals(explainProcessError(error), error);
});

Deno.test("a profile that is not loaded is told as such", () => {
  const { message, hint } = told("write", ENOENT, { apparmorProfile: "p" });
  assertEquals(
    message,
    "unable to apply apparmor profile: apparmor failed to apply profile: as the script says",
  );
  assertEquals(hint, 'no profile "p" is loaded');
  assertEquals(
    told("write", EINVAL, { selinuxLabel: "l" }).message,
    "can't set process label: as the script says",
  );
});
