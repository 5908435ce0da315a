/**
 * The device filter of a v2 cgroup: a BPF program attached to its directory.
 *
 * @see bpf(2)
 * @module
 */
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "../../../ffi/constants/open.ts";
import { RLIMIT_MEMLOCK } from "../../../ffi/constants/resource.ts";
import { EACCES, EINVAL, ENOENT, EPERM } from "../../../ffi/errno.ts";
import { AT_FDCWD, Block, type Kernel, Out } from "../../../ffi/kernel.ts";
import type { BlockPart } from "../../../ffi/operation.ts";
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import { deviceFilter } from "../controllers/device_rules.ts";
import { deviceProgram } from "./device_program.ts";

/** Commands of `bpf(2)`. */
const PROG_LOAD = 5, PROG_ATTACH = 8, PROG_DETACH = 9, PROG_GET_FD_BY_ID = 13, PROG_QUERY = 16;
const PROG_TYPE_CGROUP_DEVICE = 15, ATTACH_CGROUP_DEVICE = 6;
const F_ALLOW_MULTI = 2, F_REPLACE = 4;
/** Programs that a cgroup can have at the most. */
const MAX_PROGRAMS = 64;

/**
 * Makes the rules those of a cgroup, in the place of what is attached.
 *
 * There is no moment without a filter: the new program is attached before the old one goes, or takes its place.
 *
 * @param kernel of this process
 * @param dir the cgroup
 * @param own how many of the rules are the config's; the default ones stand behind
 * @throws {RuntError} for rules that cannot be (see {@linkcode deviceFilter})
 * @throws {KernelError} when the kernel refuses
 */
export function setDevicesV2(
  kernel: Kernel,
  dir: string,
  rules: readonly LinuxDeviceCgroup[],
  own = rules.length,
): void {
  const program = deviceProgram(deviceFilter(rules, own));
  kernel.at({ step: "cgroup", path: "linux.resources.devices", what: dir }, () => {
    const cgroup = kernel.openat(AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC).value;
    const open = [cgroup];
    try {
      const old = attachedPrograms(kernel, cgroup);
      open.push(...old);
      const fresh = load(kernel, program);
      open.push(fresh);
      attach(kernel, cgroup, fresh, old);
    } finally {
      for (const fd of open) kernel.close(fd, { accept: "any" });
    }
  });
}

/**
 * Queues that the rules become those of a cgroup that was made just now, which has none.
 *
 * @param dir its directory, or where its path will be
 */
export function queueDevicesV2(
  kernel: Kernel,
  dir: string | Out,
  rules: readonly LinuxDeviceCgroup[],
  own: number,
): void {
  const program = deviceProgram(deviceFilter(rules, own));
  const cgroup = kernel.call("openat", [AT_FDCWD, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0]);
  const loaded = kernel.call("bpf", [PROG_LOAD, loadAttributes(program), LOAD_SIZE]);
  const request = attribute([0, 0, ATTACH_CGROUP_DEVICE, F_ALLOW_MULTI], 32, [
    { at: 0, value: cgroup, size: 4 },
    { at: 4, value: loaded, size: 4 },
  ]);
  kernel.call("bpf", [PROG_ATTACH, request, 32]);
  kernel.close(loaded);
  kernel.close(cgroup);
}

const LOAD_SIZE = 72;

function loadAttributes(program: Uint8Array): Block {
  return attribute([PROG_TYPE_CGROUP_DEVICE, program.length / 8], LOAD_SIZE, [
    { at: 8, value: program },
    { at: 16, value: "Apache" },
  ]);
}

/** `BPF_PROG_LOAD` */
function load(kernel: Kernel, program: Uint8Array): number {
  const attributes = loadAttributes(program);
  const loaded = kernel.call("bpf", [PROG_LOAD, attributes, LOAD_SIZE], { accept: [EPERM] });
  if (loaded.ok) return loaded.value;
  // Before 5.11 programs count as locked memory. The limit is raised for this call only: it would be inherited.
  const before = new Out(16), unlimited = new Uint8Array(16).fill(0xff);
  kernel.call("prlimit64", [0, RLIMIT_MEMLOCK, unlimited, before], { accept: "any" });
  try {
    return kernel.call("bpf", [PROG_LOAD, attributes, LOAD_SIZE]).value;
  } finally {
    kernel.call("prlimit64", [0, RLIMIT_MEMLOCK, before.bytes, 0], { accept: "any" });
  }
}

/** `BPF_PROG_ATTACH` */
function attach(kernel: Kernel, cgroup: number, program: number, old: readonly number[]): void {
  const request = (flags: number, replaced = 0) =>
    attribute([cgroup, program, ATTACH_CGROUP_DEVICE, flags, replaced], 32, []);
  if (old.length === 1) {
    // Kernels before 5.6 cannot replace.
    const replace = request(F_ALLOW_MULTI | F_REPLACE, old[0]);
    if (kernel.call("bpf", [PROG_ATTACH, replace, 32], { accept: [EINVAL] }).ok) return;
  }
  kernel.call("bpf", [PROG_ATTACH, request(F_ALLOW_MULTI), 32]);
  for (const fd of old) {
    kernel.call("bpf", [PROG_DETACH, attribute([cgroup, fd, ATTACH_CGROUP_DEVICE], 32, []), 32]);
  }
}

/**
 * Descriptors of the device programs that are attached. One that an LSM hides is left out: it can only restrict
 * further.
 */
function attachedPrograms(kernel: Kernel, cgroup: number): number[] {
  // The count comes back inside the request; programs have no id 0, so their list tells as much.
  const ids = new Out(4 * MAX_PROGRAMS), fds: number[] = [];
  const parts = [{ at: 16, value: ids }];
  const request = attribute([cgroup, ATTACH_CGROUP_DEVICE, 0, 0, 0, 0, MAX_PROGRAMS], 32, parts);
  kernel.call("bpf", [PROG_QUERY, request, 32]);
  for (let i = 0, id: number; i < MAX_PROGRAMS && (id = ids.view.getUint32(4 * i, true)); i++) {
    const accept = [EPERM, EACCES, ENOENT];
    const program = kernel.call("bpf", [PROG_GET_FD_BY_ID, attribute([id], 32, []), 32], { accept });
    if (program.ok) fds.push(program.value);
  }
  return fds;
}

/** `union bpf_attr`: 32-bit words from its begin, and what lies further on. */
function attribute(words: readonly (number | undefined)[], size: number, parts: readonly BlockPart[]): Block {
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word ?? 0, true));
  return new Block(bytes, parts);
}
