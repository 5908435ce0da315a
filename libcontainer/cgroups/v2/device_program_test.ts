import { assert, assertEquals } from "@std/assert";
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import { defaultDeviceRules } from "../controllers/default_devices.ts";
import { accessBits, deviceFilter } from "../controllers/device_rules.ts";
import { deviceProgram } from "./device_program.ts";

/** Runs a program as the kernel's machine does, as far as device programs need it. Throws at anything else. */
function run(program: Uint8Array, type: "b" | "c", major: number, minor: number, access: string): number {
  const view = new DataView(program.buffer), context = new Uint32Array([0, major, minor]);
  context[0] = (type === "b" ? 1 : 2) | accessBits(access) << 16;
  const registers: (number | undefined)[] = Array(11).fill(undefined), R1 = 1;
  const CONTEXT = -1;
  registers[R1] = CONTEXT;
  const value = (register: number): number => {
    const held = registers[register];
    if (held === undefined) throw new Error(`r${register} was never set`);
    return held;
  };
  for (let pc = 0, steps = 0;; pc++) {
    if (pc * 8 >= program.length || steps++ > 4096) throw new Error("runs off its end");
    const code = view.getUint8(8 * pc), registersByte = view.getUint8(8 * pc + 1);
    const dst = registersByte & 15, src = registersByte >> 4;
    const jump = view.getInt16(8 * pc + 2, true), constant = view.getInt32(8 * pc + 4, true);
    if (code === 0x95) return value(0);
    else if (code === 0x61) {
      if (value(src) !== CONTEXT || jump % 4 || jump < 0 || jump > 8) throw new Error("bad load");
      registers[dst] = context[jump / 4];
    } else if (code === 0x54) registers[dst] = (value(dst) & constant) >>> 0;
    else if (code === 0x74) registers[dst] = value(dst) >>> constant;
    else if (code === 0xb4) registers[dst] = constant >>> 0;
    else if (code === 0xbc) registers[dst] = value(src) >>> 0;
    else if (code === 0x55) pc += value(dst) !== constant ? jump : 0;
    else if (code === 0x15) pc += value(dst) === constant ? jump : 0;
    else if (code === 0x5d) pc += value(dst) !== value(src) ? jump : 0;
    else throw new Error(`unknown instruction ${code.toString(16)}`);
    if (jump < 0) throw new Error("jumps back");
  }
}

/** What rules mean for one request: the last one that is about the device and the access decides, bit by bit. */
function allowed(
  rules: readonly LinuxDeviceCgroup[],
  type: "b" | "c",
  major: number,
  minor: number,
  access: string,
): boolean {
  return [...access].every((letter) => {
    let answer = false;
    for (const rule of rules) {
      const all = (rule.type ?? "a") === "a";
      if (!all && rule.type !== type) continue;
      if (!all && (rule.major ?? -1) >= 0 && rule.major !== major) continue;
      if (!all && (rule.minor ?? -1) >= 0 && rule.minor !== minor) continue;
      if (all || (rule.access ?? "").includes(letter)) answer = rule.allow;
    }
    return answer;
  });
}

/** Compares program and rules for all kinds of requests around the numbers that the rules name. */
function compare(rules: readonly LinuxDeviceCgroup[]): void {
  const program = deviceProgram(deviceFilter(rules));
  for (const type of ["b", "c"] as const) {
    for (const major of [0, 1, 2, 5, 8, 10, 136, 4095]) {
      for (const minor of [0, 2, 3, 5, 200, 1048575]) {
        for (const access of ["r", "w", "m", "rw", "rm", "wm", "rwm"]) {
          assertEquals(
            run(program, type, major, minor, access),
            Number(allowed(rules, type, major, minor, access)),
            `${type} ${major}:${minor} ${access}`,
          );
        }
      }
    }
  }
}

Deno.test("deviceProgram() allows what the default rules allow, and nothing else", () => {
  compare([{ allow: false, access: "rwm" }, ...defaultDeviceRules([])]);
});

Deno.test("deviceProgram() without rules denies everything, and with a rule for all allows it", () => {
  compare([]);
  compare([{ allow: true }]);
  assertEquals(deviceProgram(deviceFilter([{ allow: true }])).length, 8 * 8);
});

Deno.test("deviceProgram() matches by type, major, minor and access, each of which may be any", () => {
  compare([
    { allow: true, type: "b", major: 8, access: "r" },
    { allow: true, type: "c", minor: 3, access: "rw" },
    { allow: true, type: "c", major: 1, minor: 5, access: "m" },
    { allow: true, type: "c", major: 4095, minor: 1048575, access: "rwm" },
  ]);
});

Deno.test("deviceProgram() denies opening for reading and writing where writing is denied", () => {
  const rules = [{ allow: true }, { allow: false, type: "c", major: 1, minor: 5, access: "w" }];
  compare(rules);
  const program = deviceProgram(deviceFilter(rules));
  assertEquals(run(program, "c", 1, 5, "rw"), 0);
  assertEquals(run(program, "c", 1, 5, "r"), 1);
});

Deno.test("deviceProgram() is made of whole instructions that the kernel knows", () => {
  const program = deviceProgram(deviceFilter(defaultDeviceRules([])));
  assertEquals(program.length % 8, 0);
  // The kernel takes no more than 4096 instructions from those without CAP_BPF.
  assert(program.length / 8 < 4096);
  assertEquals([...program.subarray(0, 16)], [0x61, 0x12, 0, 0, 0, 0, 0, 0, 0x54, 2, 0, 0, 0xff, 0xff, 0, 0]);
  assertEquals([...program.subarray(-16)], [0xb4, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);
});
