import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";

/** Makes a container that must be refused: exit code 1, one message, no stack, nothing left. */
function refuse(runtime: Runtime, bundle: Bundle, id = runtime.newId()): string {
  const { code, stderr } = runtime.create(bundle.directory, id);
  assertEquals(code, 1, stderr);
  assertEquals(stderr.trim().split("\n").filter((line) => line.includes("level=error")).length, 1, stderr);
  assert(!/\n\s+at /.test(stderr), stderr);
  assert(!/RuntError|KernelError|TypeError|undefined|\[object/.test(stderr), stderr);
  if (/^\w/.test(id) && !id.includes("/")) assertEquals(leftovers(id, runtime.root, bundle.directory), []);
  return stderr.replaceAll('\\"', '"');
}

const CHANGES: Readonly<Record<string, readonly [change: (config: Config) => void, ...texts: string[]]>> = {
  "a missing rootfs": [({ root }) => root.path = "nowhere", "root.path"],
  "no root": [(config) => delete config.root, "root"],
  "no process": [(config) => delete config.process, "process"],
  "no arguments": [({ process }) => process.args = [], "process.args"],
  "a relative working directory": [({ process }) => process.cwd = "tmp", "process.cwd", "absolute"],
  "an unknown capability": [({ process }) => process.capabilities.bounding.push("CAP_FLY"), "CAP_FLY"],
  "an unknown limit": [({ process }) => process.rlimits[0].type = "RLIMIT_FUN", "process.rlimits[0]"],
  "limits given twice": [({ process }) => process.rlimits.push(process.rlimits[0]), "process.rlimits[1]"],
  "an unknown namespace": [({ linux }) => linux.namespaces.push({ type: "fun" }), "linux.namespaces[6]"],
  "a namespace given twice": [({ linux }) => linux.namespaces.push({ type: "pid" }), "linux.namespaces[6]"],
  "a hostname without a uts namespace": [
    ({ linux }) => linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "uts"),
    "hostname",
  ],
  "mappings that overlap": [({ linux }) => {
    linux.namespaces.push({ type: "user" });
    const one = { containerID: 0, hostID: 1000, size: 10 };
    linux.uidMappings = linux.gidMappings = [one, { ...one, containerID: 5 }];
  }, "linux.uidMappings"],
  "mappings without a user namespace": [
    ({ linux }) => linux.uidMappings = [{ containerID: 0, hostID: 1000, size: 10 }],
    "linux.uidMappings",
  ],
  "an unknown propagation": [({ linux }) => linux.rootfsPropagation = "fun", "linux.rootfsPropagation"],
  "a sysctl of the host": [({ linux }) => linux.sysctl = { "vm.swappiness": "1" }, "vm.swappiness"],
  "a namespace that is not there": [
    ({ linux }) => linux.namespaces[1].path = "/nowhere/net",
    "/nowhere/net",
    "linux.namespaces[1].path",
  ],
  "a source that is not there": [
    ({ mounts }) => mounts.push({ destination: "/x", type: "bind", source: "/nowhere", options: ["bind"] }),
    "/nowhere",
    "mounts[7]",
  ],
  "an unknown file system": [
    ({ mounts }) => mounts.push({ destination: "/x", type: "funfs", source: "x" }),
    "funfs",
    "mounts[7]",
  ],
  "a limit that the kernel refuses": [
    ({ linux }) => linux.resources.cpu = { period: 1, quota: 1 },
    "linux.resources.cpu",
  ],
  "an id that is not mapped": [
    ({ process, linux }) => {
      linux.namespaces.push({ type: "user" });
      linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 10 }];
      process.user.uid = 500;
    },
    "process.user.uid",
    "unmapped",
  ],
};

for (const [name, [change, ...texts]] of Object.entries(CHANGES)) {
  testNeeding([root], `${name}: exit code 1, a clear message, nothing left`, () => {
    using bundle = makeBundle((config) => {
      config.root.readonly = false;
      change(config);
    });
    using runtime = new Runtime();
    const stderr = refuse(runtime, bundle);
    for (const text of texts) assertStringIncludes(stderr, text);
  });
}

testNeeding([root], "wrong types are told with their paths, all at once", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const wrong: Readonly<Record<string, (config: Config) => void>> = {
    "process.args": ({ process }) => process.args = "sh",
    "process.user.uid": ({ process }) => process.user.uid = "0",
    "process.env[0]": ({ process }) => process.env[0] = 1,
    "process.capabilities": ({ process }) => process.capabilities = [],
    "root.readonly": ({ root }) => root.readonly = "yes",
    "hostname": (config) => config.hostname = 7,
    "mounts[1].options": ({ mounts }) => mounts[1].options = "ro",
    "linux.namespaces[0].type": ({ linux }) => linux.namespaces[0].type = 3,
    "linux.resources.memory.limit": ({ linux }) => linux.resources.memory = { limit: "1g" },
    "linux.resources.pids.limit": ({ linux }) => linux.resources.pids = { limit: 1.5 },
    "linux.maskedPaths[0]": ({ linux }) => linux.maskedPaths[0] = {},
    "annotations": (config) => config.annotations = { a: 1 },
  };
  for (const [path, change] of Object.entries(wrong)) {
    bundle.update(change);
    assertStringIncludes(refuse(runtime, bundle), path);
  }
  bundle.update((config) => Object.values(wrong).forEach((change) => change(config)));
  const stderr = refuse(runtime, bundle);
  for (const path of Object.keys(wrong)) assertStringIncludes(stderr, path);
});

testNeeding([root], "a bundle that is missing or has no readable config.json is told", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const missing = runtime.call(["create", "-b", "/nowhere/bundle", runtime.newId()]);
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, "/nowhere/bundle");
  const file = `${bundle.directory}/config.json`, text = Deno.readTextFileSync(file);
  Deno.removeSync(file);
  assertStringIncludes(refuse(runtime, bundle), "JSON specification file config.json not found");
  Deno.mkdirSync(file);
  assertStringIncludes(refuse(runtime, bundle), "config.json");
  Deno.removeSync(file);
  Deno.writeTextFileSync(file, text.replace('"process":', '"process"'));
  assertStringIncludes(refuse(runtime, bundle), "line 1, column");
  Deno.writeTextFileSync(file, "");
  refuse(runtime, bundle);
});

testNeeding([root], "ids that are no file names are refused", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  for (const id of ["../x", "a/b", "..", ".", "a b", "ä"]) {
    assertStringIncludes(refuse(runtime, bundle, id), "invalid container ID format");
  }
});

testNeeding([root], "where /proc is not mounted, that is what is told", () => {
  using bundle = makeBundle();
  const script = 'mount --make-rprivate / && umount -l /proc && exec "$@"';
  const { code, stderr } = run("unshare", [
    "-m",
    "sh",
    "-c",
    script,
    "sh",
    RUNT,
    "run",
    "-b",
    bundle.directory,
    "x",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "(/proc is not mounted)");
  assertEquals(stderr.split("\n").length, 2, stderr);
});
