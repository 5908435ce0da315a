import { assertEquals } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { Container } from "./container.ts";
import { guest } from "./guest_needs.ts";

/** Major and minor of the guest's disk, as makedev(3) packs them. */
function readDisk(): { major: number; minor: number } {
  const device = Deno.statSync("/").dev;
  return { major: (device >> 8) & 0xfff, minor: (device & 0xff) | ((device >> 12) & 0xfff00) };
}

/** Makes the guest's disk a device in the container and opens it, beside the usual devices. */
function tryDevices(rules: Record<string, unknown>[]): string[] {
  const { major, minor } = readDisk();
  const attempt = (name: string, command: string) => `(${command}) 2>/dev/null && echo ${name}`;
  const script = [
    attempt("mknod", `mknod /dev/disk b ${major} ${minor}`),
    attempt("read", ": < /dev/disk"),
    attempt("write", ": >> /dev/disk"),
    attempt("null", "echo > /dev/null"),
    attempt("zero", "dd if=/dev/zero of=/dev/null bs=1 count=1"),
    attempt("random", "dd if=/dev/urandom of=/dev/null bs=1 count=1"),
    attempt("ptmx", ": < /dev/ptmx"),
    "true",
  ].join("; ");
  using container = new Container(script, ({ process, linux }) => {
    for (const set of ["bounding", "effective", "permitted"]) {
      process.capabilities[set] = [...process.capabilities[set], "CAP_MKNOD"];
    }
    linux.resources.devices = rules;
  });
  const { code, stdout, stderr } = container.run();
  assertEquals(code, 0, stderr);
  return stdout.trim().split("\n");
}

const USUAL = ["null", "zero", "random", "ptmx"];
const NOTHING = { allow: false, access: "rwm" };

testNeeding([guest], "a denied device can be made and not opened; the usual devices work", () => {
  assertEquals(tryDevices([NOTHING]), ["mknod", ...USUAL]);
});

testNeeding([guest], "a device allowed for reading can't be written", () => {
  const rule = { allow: true, type: "b", ...readDisk(), access: "r" };
  assertEquals(tryDevices([NOTHING, rule]), ["mknod", "read", ...USUAL]);
});

testNeeding([guest], "a rule without minor stands for all of the major", () => {
  const rule = { allow: true, type: "b", major: readDisk().major, access: "rw" };
  assertEquals(tryDevices([NOTHING, rule]), ["mknod", "read", "write", ...USUAL]);
});

testNeeding([guest], "a later rule takes back what an earlier one allowed", () => {
  const all = { allow: true, type: "b", ...readDisk(), access: "rw" };
  const noWrite = { allow: false, type: "b", ...readDisk(), access: "w" };
  assertEquals(tryDevices([NOTHING, all, noWrite]), ["mknod", "read", ...USUAL]);
});

testNeeding([guest], "a privileged container's devices are all open", () => {
  assertEquals(tryDevices([{ allow: true, access: "rwm" }]), ["mknod", "read", "write", ...USUAL]);
});
