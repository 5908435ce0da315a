/**
 * `linux.netDevices`: network devices of the host that a container takes over.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { type Lack, program, root, testNeeding } from "../support/needs.ts";
import { run, Runtime } from "../support/runtime.ts";

/** Needs a kernel that makes pairs of virtual devices. */
const veth: Lack = () => {
  const made = run("ip", ["link", "add", "runtprobe0", "type", "veth", "peer", "name", "runtprobe1"]);
  if (made.code !== 0) return "needs veth devices";
  run("ip", ["link", "del", "runtprobe0"]);
  return undefined;
};
const NEEDS = [root, program("ip"), veth];

function ip(...args: readonly string[]): string {
  const { code, stdout, stderr } = run("ip", args);
  if (code !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** A pair of devices on the host, up, one with addresses; gone in the end, wherever the other is. */
class Pair implements Disposable {
  readonly device = `runt${Deno.pid % 10000}a`;
  readonly peer = `runt${Deno.pid % 10000}b`;

  constructor() {
    ip("link", "add", this.device, "type", "veth", "peer", "name", this.peer);
    ip("address", "add", "192.0.2.5/24", "dev", this.device);
    ip("address", "add", "192.0.2.9/32", "dev", this.device);
    ip("address", "add", "2001:db8::5/64", "dev", this.device, "nodad");
    ip("address", "add", "169.254.3.3/16", "dev", this.device, "scope", "link");
    ip("address", "add", "198.51.100.7/24", "dev", this.device, "valid_lft", "1000", "preferred_lft", "1000");
    ip("link", "set", this.device, "up");
    ip("link", "set", this.peer, "up");
  }

  [Symbol.dispose](): void {
    run("ip", ["link", "del", this.peer]);
  }
}

function makeNetBundle(
  devices: Record<string, { name?: string }>,
  change: (config: Config) => void = () => {},
): Bundle {
  return makeBundle((config) => {
    config.process.args = ["ip", "address", "show"];
    config.linux.netDevices = devices;
    change(config);
  });
}

/** The lines of `ip address show` that are about one device, without what changes. */
function about(shown: string, name: string): string {
  return shown.split(/^\d+: /m).find((part) => part.startsWith(`${name}@`) || part.startsWith(`${name}:`)) ??
    "";
}

testNeeding(NEEDS, "a device is moved with its lasting addresses, and is up", () => {
  using pair = new Pair();
  using bundle = makeNetBundle({ [pair.device]: {} });
  using runtime = new Runtime();
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assertEquals([code, stderr], [0, ""]);
  const device = about(stdout, pair.device);
  assertStringIncludes(device.split("\n")[0]!, "UP");
  assertStringIncludes(device, "inet 192.0.2.5/24 brd 192.0.2.255 scope global");
  assertStringIncludes(device, "inet 192.0.2.9/32 scope global");
  assertStringIncludes(device, "inet6 2001:db8::5/64 scope global");
  // One is for its own network alone, one has an end.
  assert(!device.includes("169.254.3.3") && !device.includes("198.51.100.7"), device);
});

testNeeding(NEEDS, "a device gets the name that it is to have", () => {
  using pair = new Pair();
  using bundle = makeNetBundle({ [pair.device]: { name: "eth0" } }, ({ process }) => {
    process.args = ["sleep", "100"];
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
  const { pid } = runtime.state(id);
  const inside = run("nsenter", ["-t", String(pid), "-n", "ip", "address", "show"]).stdout;
  assertStringIncludes(about(inside, "eth0"), "192.0.2.5/24");
  assertEquals(run("ip", ["link", "show", pair.device]).code, 1);
  runtime.must(["delete", "--force", id]);
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding(
  NEEDS,
  "a namespace by path, and one that belongs to a user namespace, take devices as well",
  () => {
    const ids = [{ containerID: 0, hostID: 100000, size: 65536 }];
    {
      using pair = new Pair();
      using bundle = makeNetBundle({ [pair.device]: { name: "eth0" } }, ({ linux }) => {
        linux.namespaces.push({ type: "user" });
        Object.assign(linux, { uidMappings: ids, gidMappings: ids });
      });
      using runtime = new Runtime();
      const { stdout, stderr } = runtime.run(bundle.directory);
      assertEquals(stderr, "");
      assertStringIncludes(about(stdout, "eth0"), "192.0.2.5/24");
    }
    using pair = new Pair();
    const namespace = `runt${Deno.pid}`;
    ip("netns", "add", namespace);
    try {
      using bundle = makeNetBundle({ [pair.device]: { name: "eth0" } }, ({ linux }) => {
        linux.namespaces.find(({ type }: { type: string }) => type === "network").path =
          `/run/netns/${namespace}`;
      });
      using runtime = new Runtime();
      const { stdout, stderr } = runtime.run(bundle.directory);
      assertEquals(stderr, "");
      assertStringIncludes(about(stdout, "eth0"), "192.0.2.5/24");
    } finally {
      ip("netns", "del", namespace);
    }
  },
);

testNeeding(
  NEEDS,
  "a device that is missing, and a name that is taken, fail the create with runc's texts",
  () => {
    using pair = new Pair();
    const cases: [Record<string, { name?: string }>, string][] = [
      [{ runtnone: {} }, "link not found for interface runtnone on runtime namespace: Link not found"],
      [
        { [pair.device]: { name: "lo" } },
        `fail to move network device ${pair.device} to network namespace /proc/`,
      ],
    ];
    for (const [devices, text] of cases) {
      using bundle = makeNetBundle(devices);
      using runtime = new Runtime();
      const id = runtime.newId(), { code, stderr } = runtime.create(bundle.directory, id);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "unable to start container process: ");
      assertStringIncludes(stderr, "error creating network interfaces: move netDevice ");
      assertStringIncludes(stderr, text);
      assert(!stderr.includes("error during container init"), stderr);
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  },
);

testNeeding(
  NEEDS,
  "devices are refused without a network namespace, and with names that no device has",
  () => {
    const cases: [Record<string, { name?: string }>, (config: Config) => void, string][] = [
      [{ eth0: {} }, ({ linux }) => {
        linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "network");
      }, "unable to move network devices without a NET namespace"],
      [{ "a b": {} }, () => {}, 'invalid network device name \\"a b\\"'],
      [{ eth0: { name: "." } }, () => {}, 'invalid network device name \\".\\"'],
    ];
    for (const [devices, change, text] of cases) {
      using bundle = makeNetBundle(devices, change);
      using runtime = new Runtime();
      const { code, stderr } = runtime.run(bundle.directory);
      assertEquals(code, 1);
      assertStringIncludes(stderr, text);
    }
  },
);

testNeeding(NEEDS, "whatever fails, the host has its devices back as they were", () => {
  const namespace = `runt${Deno.pid}`;
  ip("netns", "add", namespace);
  try {
    const byPath = ({ linux }: Config) => {
      linux.namespaces.find(({ type }: Config) => type === "network").path = `/run/netns/${namespace}`;
    };
    const cases: Record<string, [more: Record<string, { name?: string }>, (config: Config) => void]> = {
      "its name is taken": [{}, () => {}],
      "the next one is missing": [{ runtnone: {} }, () => {}],
      "the next one is missing, in a namespace that stays": [{ runtnone: {} }, byPath],
      "there is no such program": [{}, ({ process }) => process.args = ["/no/such"]],
      "there is no such program, in a namespace that stays": [{}, (config) => {
        byPath(config);
        config.process.args = ["/no/such"];
      }],
    };
    for (const [what, [more, change]] of Object.entries(cases)) {
      using pair = new Pair();
      const look = () => about(ip("address", "show"), pair.device).match(/[<,]UP\b|inet6? (192|2001)\S+/g);
      const before = look(), name = what === "its name is taken" ? "lo" : "eth0";
      using bundle = makeNetBundle({ [pair.device]: { name }, ...more }, change);
      using runtime = new Runtime();
      const id = runtime.newId(), { code, stderr } = runtime.create(bundle.directory, id);
      assertEquals(code, 1, what);
      assert(!stderr.includes("clean-up"), stderr);
      assertEquals(look(), before, what);
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  } finally {
    ip("netns", "del", namespace);
  }
});
