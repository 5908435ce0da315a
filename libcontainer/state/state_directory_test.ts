import { assert, assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { ContainerLock, isLocked, removeStateDirectory, stateDirectory } from "./state_directory.ts";

function withRoot(body: (root: string) => void): void {
  const root = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("the first of two makers has the name, and the lock until it is done", () => {
  withRoot((root) => {
    const lock = ContainerLock.takeNew(`${root}/a/b`, "c");
    assertEquals(lock.directory, stateDirectory(`${root}/a/b`, "c"));
    const error = assertThrows(() => ContainerLock.takeNew(`${root}/a/b`, "c"), RuntError);
    assertEquals([error.code, error.message], ["exists", "container with given ID already exists"]);
    assert(isLocked(lock.directory));
    lock[Symbol.dispose]();
    assert(!isLocked(lock.directory));
  });
});

Deno.test("a lock that somebody has is not waited for by who only tries", () => {
  withRoot((root) => {
    assertEquals(ContainerLock.tryTake(`${root}/c`), undefined);
    const lock = ContainerLock.takeNew(root, "c");
    assertEquals(ContainerLock.tryTake(lock.directory), undefined);
    lock[Symbol.dispose]();
    using other = ContainerLock.tryTake(lock.directory);
    assert(other);
    assertEquals(ContainerLock.tryTake(lock.directory), undefined);
  });
});

Deno.test("others may look into the directory of a container, not into the root", () => {
  withRoot((root) => {
    using lock = ContainerLock.takeNew(`${root}/made`, "c");
    assertEquals(Deno.statSync(lock.directory).mode! & 0o777, 0o711);
    assertEquals(Deno.statSync(`${root}/made`).mode! & 0o777, 0o700);
  });
});

Deno.test("a container that is not there cannot be locked, and is not locked", () => {
  withRoot((root) => {
    const error = assertThrows(() => ContainerLock.take(`${root}/c`), RuntError);
    assertEquals([error.code, error.message], ["not-found", "container does not exist"]);
    assert(!isLocked(`${root}/c`));
  });
});

Deno.test("a lock on a directory that was removed meanwhile is none", async () => {
  const root = Deno.makeTempDirSync({ prefix: "runt-test-" });
  const first = ContainerLock.takeNew(root, "c");
  const module = new URL("./state_directory.ts", import.meta.url).href;
  const script = `import { ContainerLock } from ${JSON.stringify(module)};
    Deno.stdout.writeSync(new TextEncoder().encode("ready"));
    try { ContainerLock.take(${
    JSON.stringify(first.directory)
  }); Deno.exit(1); } catch (e) { Deno.exit(e.code === "not-found" ? 42 : 2); }`;
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", "--no-check", script],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    // It waits for the lock by now, or fails to open what is gone: the answer is the same.
    await new Promise((resolve) => setTimeout(resolve, 50));
    removeStateDirectory(first.directory);
    first[Symbol.dispose]();
    assertEquals((await child.status).code, 42);
    await reader.cancel();
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("a directory that is gone is removed without complaint", () => {
  withRoot((root) => {
    removeStateDirectory(`${root}/c`);
    const lock = ContainerLock.takeNew(root, "c");
    Deno.writeTextFileSync(`${lock.directory}/file`, "");
    removeStateDirectory(lock.directory);
    lock[Symbol.dispose]();
    assertEquals([...Deno.readDirSync(root)], []);
  });
});
