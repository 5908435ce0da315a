/**
 * Answers that somebody has tampered with, or that were cut short, are not given; a hostile root file system cannot
 * have one done on other files than were looked at.
 *
 * To see the second test fail, take the comparison of replies out of `replayReply()`.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

function answerOf(runtime: Runtime): string {
  const names = Array.from(Deno.readDirSync(runtime.root)).map(({ name }) => name);
  const name = names.find((name) => /^\.run\.\d\d\.answer$/.test(name));
  assert(name, names.join());
  return `${runtime.root}/${name}`;
}

testNeeding([root], "an answer to run that was cut short, or is anybody's, is not given", () => {
  using bundle = makeBundle(({ process }) => process.args = ["sh", "-c", "exit 6"]);
  using runtime = new Runtime();
  for (let i = 0; i < 3; i++) assertEquals(runtime.run(bundle.directory).code, 6);
  const path = answerOf(runtime), answer = Deno.readFileSync(path);
  assert(answer.length > 10_000);
  const spoil: Record<string, () => void> = {
    "cut short": () => Deno.truncateSync(path, answer.length - 8),
    "empty": () => Deno.truncateSync(path, 0),
    "everybody's": () => Deno.chmodSync(path, 0o666),
    "another's": () => Deno.chownSync(path, 1234, 1234),
    "a link": () => {
      Deno.renameSync(path, `${path}.real`);
      Deno.symlinkSync(`${path}.real`, path);
    },
    "garbage": () => Deno.writeFileSync(path, crypto.getRandomValues(new Uint8Array(4096))),
  };
  for (const [name, change] of Object.entries(spoil)) {
    change();
    const id = runtime.newId(), { code, stderr } = runtime.call(["run", "-b", bundle.directory, id]);
    assertEquals([code, stderr], [6, ""], name);
    assertEquals(leftovers(id, runtime.root, bundle.directory), [], name);
    Deno.removeSync(path);
    Deno.writeFileSync(path, answer, { mode: 0o600 });
    Deno.chmodSync(path, 0o600);
  }
});

testNeeding([root], "what has become of the root since the answer was left is noticed", () => {
  using bundle = makeBundle(({ process }) => process.args = ["true"]);
  using runtime = new Runtime();
  using outside = makeBundle();
  const changes: Record<string, () => () => void> = {
    "/proc is a link": () => {
      Deno.renameSync(`${bundle.rootfs}/proc`, `${bundle.rootfs}/other`);
      Deno.symlinkSync("/tmp", `${bundle.rootfs}/proc`);
      return () => {
        Deno.removeSync(`${bundle.rootfs}/proc`);
        Deno.renameSync(`${bundle.rootfs}/other`, `${bundle.rootfs}/proc`);
      };
    },
    "/dev leads out": () => {
      Deno.renameSync(`${bundle.rootfs}/dev`, `${bundle.rootfs}/other`);
      Deno.symlinkSync(outside.rootfs, `${bundle.rootfs}/dev`);
      return () => {
        Deno.removeSync(`${bundle.rootfs}/dev`);
        Deno.renameSync(`${bundle.rootfs}/other`, `${bundle.rootfs}/dev`);
      };
    },
    "the program is a link out": () => {
      Deno.renameSync(`${bundle.rootfs}/bin/busybox`, `${bundle.rootfs}/busybox`);
      Deno.symlinkSync(`${outside.rootfs}/nothing`, `${bundle.rootfs}/bin/busybox`);
      return () => {
        Deno.removeSync(`${bundle.rootfs}/bin/busybox`);
        Deno.renameSync(`${bundle.rootfs}/busybox`, `${bundle.rootfs}/bin/busybox`);
      };
    },
  };
  const before = Array.from(Deno.readDirSync(outside.rootfs)).length;
  for (const [name, change] of Object.entries(changes)) {
    for (let i = 0; i < 3; i++) assertEquals(runtime.run(bundle.directory).code, 0, name);
    const back = change(), id = runtime.newId();
    const { code, stderr } = runtime.call(["run", "-b", bundle.directory, id]);
    back();
    assertNotEquals(code, 0, name);
    assert(stderr.length > 0, name);
    assertEquals(leftovers(id, runtime.root, bundle.directory), [], name);
    assertEquals(Array.from(Deno.readDirSync(outside.rootfs)).length, before, name);
  }
});
