/** Time namespaces, which runc has since 1.2: an older one cannot be compared with. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { type Lack, root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

const DAY = 86_400;

const timeNamespaces: Lack = () => {
  try {
    Deno.lstatSync("/proc/self/ns/time");
    return undefined;
  } catch {
    return "needs a kernel with time namespaces";
  }
};
const NEEDS = [root, timeNamespaces];

/** Offsets as the kernel lists them, numbers by clock. */
function parseOffsets(text: string): Record<string, string> {
  return Object.fromEntries(
    text.trim().split("\n").map((line) => {
      const [clock, ...numbers] = line.trim().split(/\s+/);
      return [clock!, numbers.join(" ")];
    }),
  );
}

function run(script: string, change: (config: Config) => void) {
  using bundle = makeBundle((config) => {
    config.process.args = ["sh", "-c", script];
    change(config);
  });
  using runtime = new Runtime();
  return runtime.run(bundle.directory);
}

/** Adds a new time namespace. */
function ahead(config: Config): void {
  config.linux.namespaces.push({ type: "time" });
  config.linux.timeOffsets = { monotonic: { secs: 7 * DAY, nanosecs: 5 }, boottime: { secs: 30 * DAY } };
}

/** Adds a user namespace. */
function mapped({ linux, root }: Config): void {
  linux.namespaces.push({ type: "user" });
  linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 1000 }];
  root.readonly = false;
}

for (const [name, change] of [["", () => {}], [", in a user namespace too", mapped]] as const) {
  testNeeding(NEEDS, `clocks of the container are ahead by the offsets${name}`, () => {
    const { stdout, stderr } = run("cut -d. -f1 /proc/uptime; cat /proc/self/timens_offsets", (config) => {
      ahead(config);
      change(config);
    });
    const [uptime, ...offsets] = stdout.split("\n");
    const host = parseInt(Deno.readTextFileSync("/proc/uptime"));
    const error = Math.abs(Number(uptime) - host - 30 * DAY);
    assert(error < 60, `${uptime} in there, ${host} out here: ${stderr}`);
    assertEquals(parseOffsets(offsets.join("\n")), {
      monotonic: `${7 * DAY} 5`,
      boottime: `${30 * DAY} 0`,
    });
  });
}

testNeeding(NEEDS, "a time namespace without offsets is a new one all the same", () => {
  const { stdout } = run("readlink /proc/1/ns/time", ({ linux }) => linux.namespaces.push({ type: "time" }));
  assertStringIncludes(stdout, "time:[");
  assertNotEquals(stdout.trim(), Deno.readLinkSync("/proc/self/ns/time"));
});

testNeeding(NEEDS, "a time namespace is joined by path", () => {
  using bundle = makeBundle((config) => {
    config.process.args = ["sleep", "100"];
    ahead(config);
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id).code, 0);
  const path = `/proc/${runtime.state(id).pid}/ns/time`;
  const script = "readlink /proc/1/ns/time; cut -d. -f1 /proc/uptime";
  const { stdout, stderr } = run(script, ({ linux }) => linux.namespaces.push({ type: "time", path }));
  const [namespace, uptime] = stdout.split("\n");
  assertEquals(namespace, Deno.readLinkSync(path), stderr);
  assert(Number(uptime) > 30 * DAY);
});

testNeeding(NEEDS, "an offset that is out of range is an error of its place", () => {
  const { code, stderr } = run("true", (config) => {
    ahead(config);
    config.linux.timeOffsets.boottime.secs = -1000 * 365 * DAY;
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "linux.timeOffsets: failed to update /proc/");
});
