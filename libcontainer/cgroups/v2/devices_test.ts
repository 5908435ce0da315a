import { assertEquals, assertThrows } from "@std/assert";
import type { Operation } from "../../../ffi/operation.ts";
import { RecordingKernel } from "../../../ffi/recording.ts";
import { KernelError } from "../../../ffi/kernel_error.ts";
import { Block, Out } from "../../../ffi/operation.ts";
import { setDevicesV2 } from "./devices.ts";

/** A kernel that makes each call at once, as the local one does, and answers bpf(2) by command. */
class Machine extends RecordingKernel {
  constructor(bpf: (command: number, operation: Operation) => number) {
    super((operation) => operation.name === "bpf" ? bpf(operation.args[0] as number, operation) : undefined);
  }

  override call(...args: Parameters<RecordingKernel["call"]>): ReturnType<RecordingKernel["call"]> {
    const result = super.call(...args);
    this.flush();
    return result;
  }

  /** Commands of bpf(2) in order. */
  get commands(): number[] {
    return this.operations.filter(({ name }) => name === "bpf").map(({ args }) => args[0] as number);
  }
}

const LOAD = 5, ATTACH = 8, DETACH = 9, BY_ID = 13, QUERY = 16;

/** Puts ids where the kernel would. */
function answerQuery(operation: Operation, ids: readonly number[]): number {
  const out = (operation.args[1] as Block).parts[0]!.value as Out;
  ids.forEach((id, i) => out.view.setUint32(4 * i, id, true));
  return 0;
}

function words(operation: Operation): number[] {
  return [...new Uint32Array((operation.args[1] as Block).bytes.buffer)];
}

Deno.test("setDevicesV2() loads the program and attaches it to the cgroup", () => {
  const kernel = new Machine((command) => command === LOAD ? 50 : 0);
  setDevicesV2(kernel, "/cg", []);
  assertEquals(kernel.commands, [QUERY, LOAD, ATTACH]);
  const [, load, attach] = kernel.operations.filter(({ name }) => name === "bpf");
  assertEquals(words(load!).slice(0, 2), [15, 8]);
  assertEquals((load!.args[1] as Block).parts[1]!.value, "Apache");
  assertEquals(words(attach!).slice(0, 5), [100, 50, 6, 2, 0]);
  assertEquals(kernel.lines().filter((line) => line.startsWith("close")), ["close(100)", "close(50)"]);
});

Deno.test("setDevicesV2() replaces the program that is there", () => {
  const kernel = new Machine((command, operation) => {
    if (command === QUERY) return answerQuery(operation, [7]);
    return command === LOAD ? 50 : command === BY_ID ? 60 : 0;
  });
  setDevicesV2(kernel, "/cg", []);
  assertEquals(kernel.commands, [QUERY, BY_ID, LOAD, ATTACH]);
  assertEquals(words(kernel.operations.filter(({ name }) => name === "bpf")[3]!).slice(0, 5), [
    100,
    50,
    6,
    6,
    60,
  ]);
});

Deno.test("setDevicesV2() attaches before it detaches where the kernel cannot replace", () => {
  const kernel = new Machine((command, operation) => {
    if (command === QUERY) return answerQuery(operation, [7]);
    if (command === ATTACH && words(operation)[3] === 6) return -22;
    return command === LOAD ? 50 : command === BY_ID ? 60 : 0;
  });
  setDevicesV2(kernel, "/cg", []);
  assertEquals(kernel.commands, [QUERY, BY_ID, LOAD, ATTACH, ATTACH, DETACH]);
});

Deno.test("setDevicesV2() leaves alone a program that it may not see", () => {
  const kernel = new Machine((command, operation) => {
    if (command === QUERY) return answerQuery(operation, [7, 8]);
    return command === LOAD ? 50 : command === BY_ID ? -1 : 0;
  });
  setDevicesV2(kernel, "/cg", []);
  assertEquals(kernel.commands, [QUERY, BY_ID, BY_ID, LOAD, ATTACH]);
});

Deno.test("setDevicesV2() raises the limit of locked memory for a kernel that counts it, and puts it back", () => {
  let tries = 0;
  const kernel = new Machine((command) => command === LOAD ? (tries++ ? 50 : -1) : 0);
  setDevicesV2(kernel, "/cg", []);
  assertEquals(kernel.operations.map(({ name }) => name), [
    "openat",
    "bpf",
    "bpf",
    "prlimit64",
    "bpf",
    "prlimit64",
    "bpf",
    "close",
    "close",
  ]);
});

Deno.test("setDevicesV2() closes what it opened when the kernel refuses", () => {
  const kernel = new Machine((command) => command === ATTACH ? -1 : command === LOAD ? 50 : 0);
  const error = assertThrows(() => setDevicesV2(kernel, "/cg", []), KernelError);
  assertEquals(error.where, { step: "cgroup", path: "linux.resources.devices", what: "/cg" });
  assertEquals(kernel.lines().filter((line) => line.startsWith("close")), ["close(100)", "close(50)"]);
});
