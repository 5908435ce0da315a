import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const PRINT_SIZES = 'echo "$# ${#1} ${#A0} ${#A9}"';

testNeeding([root], "arguments and environment may be as large as the kernel takes", () => {
  using bundle = makeBundle(({ process }) => {
    process.args = ["sh", "-c", PRINT_SIZES, "sh", ...Array.from({ length: 5 }, () => "é".repeat(60_000))];
    for (let i = 0; i < 10; i++) process.env.push(`A${i}=${"x".repeat(100_000)}`);
  });
  for (const flags of [[], ["--init=self"]]) {
    using runtime = new Runtime(RUNT, flags);
    const { code, stdout, stderr } = runtime.run(bundle.directory);
    assertEquals({ code, stderr }, { code: 0, stderr: "" }, flags.join());
    // busybox counts bytes or characters, as it was built.
    assert(/^5 (60000|120000) 100000 100000\n$/.test(stdout), stdout);
  }
});

testNeeding([root], "a created container waits with large arguments, whoever made it is gone", () => {
  using bundle = makeBundle((config) => {
    config.process.args = ["sh", "-c", 'echo "${#A0}" >/tmp/size', "sh"];
    config.process.env.push(`A0=${"x".repeat(120_000)}`, `A1=${"x".repeat(120_000)}`);
    config.root.readonly = false;
  });
  using runtime = new Runtime();
  const id = runtime.newId();
  assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
  runtime.must(["start", id]);
  waitUntil("it has ended", () => runtime.state(id).status === "stopped");
  assertEquals(Deno.readTextFileSync(`${bundle.rootfs}/tmp/size`), "120000\n");
});

testNeeding([root], "an argument that is over the kernel's limit fails the program, in words", () => {
  using bundle = makeBundle(({ process }) => process.args = ["true", "x".repeat(140_000)]);
  using runtime = new Runtime();
  const id = runtime.newId();
  const { code, stderr } = run(RUNT, ["--root", runtime.root, "run", "-b", bundle.directory, id]);
  assert(code !== 0);
  assertStringIncludes(stderr, "argument list too long");
  assertEquals(leftovers(id, runtime.root, bundle.directory), []);
});

testNeeding([root], "a program's path may be as long as the kernel takes", () => {
  const long = Array.from({ length: 19 }, () => "d".repeat(200)).join("/");
  using bundle = makeBundle(({ process }) => process.args = [`/${long}/true`]);
  Deno.mkdirSync(`${bundle.rootfs}/${long}`, { recursive: true });
  Deno.linkSync(`${bundle.rootfs}/bin/busybox`, `${bundle.rootfs}/${long}/true`);
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).code, 0);
});

testNeeding([root], "a user may have as many groups as the kernel takes", () => {
  const groups = Array.from({ length: 65_536 }, (_, i) => 100_000 + i);
  using bundle = makeBundle(({ process }) => {
    process.user.additionalGids = groups;
    process.args = ["sh", "-c", "grep ^Groups /proc/self/status | wc -w"];
  });
  using runtime = new Runtime();
  const { code, stdout, stderr } = runtime.run(bundle.directory);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(stdout, "65537\n");
});
