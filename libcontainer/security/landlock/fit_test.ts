import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { readLandlock } from "./annotation.ts";
import { fitLandlock } from "./fit.ts";

const AT = 'annotations["io.github.runt.landlock"]';

const EVERYTHING = {
  ruleset: {
    handledAccessFS: ["execute", "refer", "truncate", "ioctl_dev", "resolve_unix"],
    handledAccessNet: ["bind_tcp", "connect_send_udp"],
    scoped: ["signal"],
  },
  rules: {
    pathBeneath: [{ allowedAccess: ["execute", "ioctl_dev"], paths: ["/bin", "/dev"] }, {
      allowedAccess: ["truncate"],
      paths: ["/tmp"],
    }],
    netPort: [{ allowedAccess: ["bind_tcp", "connect_send_udp"], ports: [53] }],
  },
  flags: ["log_new_exec_on"],
};

function fit(abi: number, change: Record<string, unknown> = {}) {
  const warnings: string[] = [];
  const config = fitLandlock(readLandlock(JSON.stringify({ ...EVERYTHING, ...change })), abi, (text) => {
    warnings.push(text);
  });
  return { config, warnings };
}

Deno.test("fitLandlock() has all of it on the newest kernel, and says nothing", () => {
  const { config, warnings } = fit(10);
  assertEquals(warnings, []);
  assertEquals(config, {
    handledFs: 1 | 1 << 13 | 1 << 14 | 1 << 15 | 1 << 16,
    handledNet: 1 | 1 << 3,
    scoped: 2,
    flags: 2,
    paths: [
      { path: "/bin", access: 1 | 1 << 15, at: `${AT}.rules.pathBeneath[0].paths[0]` },
      { path: "/dev", access: 1 | 1 << 15, at: `${AT}.rules.pathBeneath[0].paths[1]` },
      { path: "/tmp", access: 1 << 14, at: `${AT}.rules.pathBeneath[1].paths[0]` },
    ],
    ports: [{ port: 53, access: 1 | 1 << 3, at: `${AT}.rules.netPort[0].ports[0]` }],
  });
});

Deno.test("fitLandlock() leaves out what an older kernel lacks, in rules too, and says what", () => {
  const { config, warnings } = fit(2);
  assertEquals(warnings, [
    `${AT}: this kernel has version 2 of Landlock, which lacks ` +
    "ruleset.handledAccessFS: truncate needs version 3; ruleset.handledAccessFS: ioctl_dev needs version 5; " +
    "ruleset.handledAccessFS: resolve_unix needs version 9; ruleset.handledAccessNet: bind_tcp needs version 4; " +
    "ruleset.handledAccessNet: connect_send_udp needs version 10; ruleset.scoped: signal needs version 6; " +
    "flags: log_new_exec_on needs version 7: not denied",
  ]);
  assertEquals([config?.handledFs, config?.handledNet, config?.scoped, config?.flags], [
    1 | 1 << 13,
    0,
    0,
    0,
  ]);
  assertEquals(config?.paths.map(({ path, access }) => [path, access]), [["/bin", 1], ["/dev", 1]]);
  assertEquals(config?.ports, []);
});

Deno.test("fitLandlock() has nothing left to do without Landlock, and says so", () => {
  const { config, warnings } = fit(0);
  assertEquals(config, undefined);
  assertEquals(warnings, [
    `${AT}: this kernel has no Landlock, or it is off: not denied`,
  ]);
});

Deno.test("fitLandlock() refuses to do without when told to", () => {
  for (
    const [abi, text] of [[0, "has no Landlock, or it is off"], [9, "has version 9 of Landlock"]] as const
  ) {
    const error = assertThrows(() => fit(abi, { disableBestEffort: true }), RuntError, text);
    assertEquals([error.code, error.path], ["unsupported", AT]);
    assertEquals(error.hint?.includes("disableBestEffort"), true);
  }
  assertEquals(fit(10, { disableBestEffort: true }).warnings, []);
});
