/**
 * Id-mapped mounts, as the runtime specification and runc's own tests have them: with and without a user namespace,
 * with mappings of their own or the container's, for one mount or all below it.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, Runtime } from "../support/runtime.ts";

const CONTAINER = [{ containerID: 0, hostID: 100_000, size: 65536 }];
const map = (containerID: number, hostID: number, size = 65536) => [{ containerID, hostID, size }];

/** A file system whose mounts can be mapped. */
const idmapping = () => {
  using bundle = makeBundle((config) =>
    use(config, ["true"], [{ uidMappings: CONTAINER, gidMappings: CONTAINER }])
  );
  fill(bundle);
  using runtime = new Runtime();
  const { stderr } = runtime.run(bundle.directory);
  return stderr.includes("EINVAL") ? "needs a file system that can be id-mapped" : undefined;
};
const NEEDS = [root, idmapping];

/** A source with files of several owners, and a mount below it. */
function fill({ directory }: Bundle): void {
  const source = `${directory}/source`;
  Deno.mkdirSync(`${source}/below`, { recursive: true });
  for (const [name, uid, gid] of [["a", 0, 0], ["b", 1, 11], ["c", 5, 6]] as const) {
    Deno.writeTextFileSync(`${source}/${name}`, "x");
    Deno.chownSync(`${source}/${name}`, uid, gid);
  }
  run("chmod", ["-R", "a+rwX", source]);
}

/** A config whose program is given, with a bind of the source on /m for each of the mounts. */
function use(config: Config, args: string[], mounts: Config[]): void {
  config.process.args = args;
  config.root.readonly = false;
  mounts.forEach((mount, index) => {
    config.mounts.push({
      destination: `/m${index}`,
      type: "bind",
      source: "source",
      ...mount,
      options: ["rbind", ...mount.options ?? []],
    });
  });
}

function withUserNamespace(config: Config, mappings = CONTAINER): void {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = config.linux.gidMappings = mappings;
}

/** What the program prints. */
function see(change: (config: Config) => void): { stdout: string; stderr: string } {
  using bundle = makeBundle();
  fill(bundle);
  run("chown", ["-R", "100000:100000", bundle.rootfs]);
  bundle.update(change);
  using runtime = new Runtime();
  return runtime.run(bundle.directory);
}

const OWNERS = ["sh", "-c", "stat -c %n=%u:%g /m*/?"];

testNeeding(NEEDS, "a mount's ids are mapped for a container with a user namespace", () => {
  const { stdout, stderr } = see((config) => {
    use(config, OWNERS, [{ uidMappings: CONTAINER, gidMappings: CONTAINER }]);
    withUserNamespace(config);
  });
  assertEquals(stdout, "/m0/a=0:0\n/m0/b=1:11\n/m0/c=5:6\n", stderr);
});

testNeeding(NEEDS, "a mount's ids are mapped for a container without a user namespace", () => {
  const { stdout, stderr } = see((config) => {
    use(config, OWNERS, [{ uidMappings: CONTAINER, gidMappings: map(0, 200_000) }]);
  });
  assertEquals(stdout, "/m0/a=100000:200000\n/m0/b=100001:200011\n/m0/c=100005:200006\n", stderr);
});

for (const option of ["idmap", "ridmap"]) {
  testNeeding(NEEDS, `${option} alone stands for the mappings of the container's user namespace`, () => {
    const { stdout, stderr } = see((config) => {
      use(config, OWNERS, [{ options: [option] }, {}]);
      withUserNamespace(config);
    });
    const unmapped = "/m1/a=65534:65534\n/m1/b=65534:65534\n/m1/c=65534:65534\n";
    assertEquals(stdout, `/m0/a=0:0\n/m0/b=1:11\n/m0/c=5:6\n${unmapped}`, stderr);
  });
}

testNeeding(NEEDS, "several mounts of one source have mappings of their own", () => {
  const { stdout, stderr } = see((config) => {
    use(config, OWNERS, [
      { uidMappings: map(0, 1000, 3), gidMappings: map(0, 2000, 100) },
      { uidMappings: [...map(0, 7, 1), ...map(1, 9, 1), ...map(5, 100, 1)], gidMappings: map(0, 0) },
      { uidMappings: map(0, 1000, 3), gidMappings: map(0, 2000, 100) },
    ]);
  });
  assertEquals(
    stdout.split("\n").slice(0, 9),
    [
      ...["/m0/a=1000:2000", "/m0/b=1001:2011", "/m0/c=65534:2006"],
      ...["/m1/a=7:0", "/m1/b=9:11", "/m1/c=100:6"],
      ...["/m2/a=1000:2000", "/m2/b=1001:2011", "/m2/c=65534:2006"],
    ],
    stderr,
  );
});

testNeeding(
  NEEDS,
  "files made through the mount get the mapped owner, and none where there is no mapping",
  () => {
    const write = ["sh", "-c", "touch /m0/new && stat -c %u:%g /m0/new"];
    const mapped = see((config) => {
      use(config, write, [{ uidMappings: CONTAINER, gidMappings: CONTAINER }]);
      withUserNamespace(config);
    });
    assertEquals(mapped.stdout, "0:0\n", mapped.stderr);
    const unmapped = see((config) =>
      use(config, write, [{ uidMappings: CONTAINER, gidMappings: CONTAINER }])
    );
    assertMatch(unmapped.stderr, /Value too large/);
  },
);

testNeeding([root, idmapping], "ridmap maps the mounts below, idmap does not", () => {
  for (const [options, expected] of [[["ridmap"], "100000"], [["idmap"], "0"], [[], "0"]] as const) {
    using bundle = makeBundle();
    fill(bundle);
    const below = `${bundle.directory}/source/below`;
    run("mount", ["--bind", `${bundle.directory}/source`, below]);
    try {
      bundle.update((config) =>
        use(config, ["sh", "-c", "stat -c %u /m0/a /m0/below/a"], [
          { uidMappings: CONTAINER, gidMappings: CONTAINER, options: [...options] },
        ])
      );
      using runtime = new Runtime();
      const { stdout, stderr } = runtime.run(bundle.directory);
      assertEquals(stdout, `100000\n${expected}\n`, stderr);
    } finally {
      run("umount", [below]);
    }
  }
});

testNeeding(
  NEEDS,
  "other options of an id-mapped mount hold: read-only, propagation, a relative destination",
  () => {
    const { stdout, stderr } = see((config) => {
      use(config, ["sh", "-c", "touch /m0/x; grep -E ' /(m0|deep/er) ' /proc/self/mountinfo"], [
        { uidMappings: CONTAINER, gidMappings: CONTAINER, options: ["ro", "nosuid"] },
        { uidMappings: CONTAINER, gidMappings: CONTAINER, options: ["shared"], destination: "deep/er" },
      ]);
      withUserNamespace(config);
    });
    assertMatch(stdout, / \/m0 ro,nosuid[^\n]*idmapped/);
    assertMatch(stdout, / \/deep\/er [^\n]*idmapped[^\n]*shared:/);
    assertStringIncludes(stderr, "Read-only file system");
  },
);

testNeeding(NEEDS, "idmap takes the mappings of a user namespace that is joined", () => {
  using holder = makeBundle((config) => {
    withUserNamespace(config);
    config.process.args = ["sleep", "100"];
  });
  run("chown", ["-R", "100000:100000", holder.rootfs]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(holder.directory, id);
  const { pid } = runtime.state(id);
  const { stdout, stderr } = see((config) => {
    use(config, OWNERS, [{ options: ["idmap"] }]);
    config.linux.namespaces.push({ type: "user", path: `/proc/${pid}/ns/user` });
  });
  assertEquals(stdout, "/m0/a=0:0\n/m0/b=1:11\n/m0/c=5:6\n", stderr);
  runtime.must(["delete", "--force", id]);
});

testNeeding([root], "mappings that do not match the user namespace that is joined are refused", () => {
  using holder = makeBundle((config) => withUserNamespace(config));
  run("chown", ["-R", "100000:100000", holder.rootfs]);
  using runtime = new Runtime();
  const id = runtime.newId();
  runtime.create(holder.directory, id);
  const { pid } = runtime.state(id), path = `/proc/${pid}/ns/user`;
  const joining = (mappings: typeof CONTAINER) =>
    see((config) => {
      config.process.args = ["cat", "/proc/self/uid_map"];
      config.linux.namespaces.push({ type: "user", path });
      config.linux.uidMappings = config.linux.gidMappings = mappings;
    });
  const same = joining(CONTAINER);
  assertMatch(same.stdout, /^\s+0\s+100000\s+65536\n$/);
  assertStringIncludes(same.stderr, "both a userns path to join and a matching userns mapping");
  assertStringIncludes(
    joining(map(0, 5000, 10)).stderr,
    "both namespace path and non-matching mapping specified",
  );
  runtime.must(["delete", "--force", id]);
});

const notSelf = () => Deno.env.get("RUNT_INIT") === "self" ? "not in self mode" : undefined;

for (const userns of [false, true]) {
  const kind = userns ? "with a user namespace" : "without a user namespace";
  testNeeding([...NEEDS, notSelf], `what the container's own mounts bring is id-mapped: ${kind}`, () => {
    using bundle = makeBundle();
    fill(bundle);
    run("chown", ["-R", "100000:100000", bundle.rootfs]);
    bundle.update((config) => {
      use(config, ["sh", "-c", "stat -c %n=%u:%g /m*/?"], [
        {},
        // What the first one has put there, seen from the host.
        { source: `${bundle.rootfs}/m0`, uidMappings: CONTAINER, gidMappings: CONTAINER },
      ]);
      if (userns) withUserNamespace(config);
    });
    using runtime = new Runtime();
    const { stdout, stderr } = runtime.run(bundle.directory);
    const mapped = userns ? ["0:0", "1:11", "5:6"] : ["100000:100000", "100001:100011", "100005:100006"];
    const plain = userns ? ["65534:65534", "65534:65534", "65534:65534"] : ["0:0", "1:11", "5:6"];
    const lines = [plain, mapped].flatMap((owners, index) =>
      owners.map((owner, file) => `/m${index}/${"abc"[file]}=${owner}`)
    );
    assertEquals(stdout, `${lines.join("\n")}\n`, stderr);
  });
}

testNeeding([root], "what cannot be id-mapped is refused in runc's words, and leaves nothing", () => {
  const cases: [RegExp, (config: Config) => void][] = [
    [
      /mounts\[7\]: id-mapped mounts are only supported for bind-mounts/,
      ({ mounts }) =>
        mounts.push({
          destination: "/m",
          type: "tmpfs",
          source: "t",
          uidMappings: CONTAINER,
          gidMappings: CONTAINER,
        }),
    ],
    [
      /mounts\[7\]: id-mapped mounts must have both uid and gid mappings specified/,
      (config) => use(config, ["true"], [{ uidMappings: CONTAINER }]),
    ],
    [
      /mounts\[7\]: id-mapped mounts must have both uid and gid mappings specified/,
      (config) => use(config, ["true"], [{ options: ["idmap"] }]),
    ],
    // procfs has no id-mapped mounts.
    [
      /error mounting \\"\/proc\\" .*failed to set MOUNT_ATTR_IDMAP on \/proc.*invalid argument/i,
      (config) =>
        use(config, ["true"], [{ source: "/proc", uidMappings: CONTAINER, gidMappings: CONTAINER }]),
    ],
    [
      /error mounting \\"\/nonexistent\\" .*no such file/i,
      (config) =>
        use(config, ["true"], [{ source: "/nonexistent", uidMappings: CONTAINER, gidMappings: CONTAINER }]),
    ],
  ];
  for (const [message, change] of cases) {
    using bundle = makeBundle(change), runtime = new Runtime();
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals(code, 1);
    assertMatch(stderr, message);
    assertEquals([...Deno.readDirSync(runtime.root)].filter(({ isDirectory }) => isDirectory), []);
  }
});
