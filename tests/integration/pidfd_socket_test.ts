/** `--pidfd-socket`, as in runc 1.2 to 1.5. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime, waitUntil } from "../support/runtime.ts";

const SIGKILL = 9;

testNeeding([root], "create and run send a pidfd of the init, by which it can be killed", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  using receiver = new DescriptorReceiver(`${bundle.directory}/socket`);
  for (const command of ["create", "run"]) {
    const id = runtime.newId(), flags = ["--pidfd-socket", receiver.path];
    if (command === "create") {
      assertEquals(runtime.create(bundle.directory, id, flags), { code: 0, stdout: "", stderr: "" });
    } else {
      runtime.must(["run", "-d", "-b", bundle.directory, ...flags, id], { stdout: "null", stderr: "null" });
    }
    const { words, fds } = receiver.receive();
    assertEquals([words, fds.length], ["standard", 1]);
    const pid = /^Pid:\s*(\d+)$/m.exec(Deno.readTextFileSync(`/proc/self/fdinfo/${fds[0]}`))?.[1];
    assertEquals(Number(pid), runtime.state(id).pid);
    receiver.kernel.pidfdSendSignal(fds[0]!, SIGKILL);
    receiver.kernel.close(fds[0]!);
    waitUntil("it has stopped", () => runtime.state(id).status === "stopped");
  }
});

testNeeding([root], "exec sends a pidfd of what it executes", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sleep", "100"]);
  using runtime = new Runtime();
  using receiver = new DescriptorReceiver(`${bundle.directory}/socket`);
  const id = runtime.newId(), pidFile = `${bundle.directory}/pid`;
  runtime.must(["run", "-d", "-b", bundle.directory, id], { stdout: "null", stderr: "null" });
  const flags = ["--detach", "--pid-file", pidFile, "--pidfd-socket", receiver.path];
  runtime.must(["exec", ...flags, id, "sleep", "100"], { stdout: "null", stderr: "null" });
  const { words, fds } = receiver.receive();
  assertEquals([words, fds.length], ["setns", 1]);
  const pid = /^Pid:\s*(\d+)$/m.exec(Deno.readTextFileSync(`/proc/self/fdinfo/${fds[0]}`))?.[1];
  assertEquals(pid, Deno.readTextFileSync(pidFile));
  receiver.kernel.close(fds[0]!);
  const missing = runtime.call(["exec", "--pidfd-socket", "/no/such", id, "true"]);
  assertEquals(missing.code, 255);
  assertStringIncludes(missing.stderr, "failed to dail /no/such: dial unix /no/such: connect: no such file");
});

testNeeding([root], "a pidfd socket may have a long path, or an abstract name", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const directory = `${bundle.directory}/${"d".repeat(120)}`;
  Deno.mkdirSync(directory);
  for (const path of [`${directory}/socket`, `@runt-test-${runtime.newId()}`]) {
    using receiver = new DescriptorReceiver(path);
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id, ["--pidfd-socket", path]).stderr, "");
    const { words, fds } = receiver.receive();
    assertEquals([words, fds.length], ["standard", 1]);
    receiver.kernel.close(fds[0]!);
  }
});

testNeeding([root], "where nobody listens, there is no container", () => {
  using bundle = makeBundle();
  using runtime = new Runtime();
  const missing = `${bundle.directory}/missing`, deaf = `${bundle.directory}/deaf`;
  new DescriptorReceiver(deaf)[Symbol.dispose]();
  for (
    const [path, reason] of [
      [missing, "no such file or directory"],
      [deaf, "connection refused"],
    ] as const
  ) {
    for (const command of ["create", "run"]) {
      const id = runtime.newId();
      const { code, stderr } = runtime.call([command, "-b", bundle.directory, "--pidfd-socket", path, id]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, `failed to dail ${path}: dial unix ${path}: connect: ${reason}`);
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  }
  assert(![...Deno.readDirSync(runtime.root)].some(({ isDirectory }) => isDirectory));
});
