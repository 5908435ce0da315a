/**
 * CVE-2021-43784: text of config.json whose length does not fit into a field of the message to the container's
 * process, so that the rest of it is read as something else: a namespace path of 64 KiB, mappings without end.
 * The defence is that lengths in a message are as wide as its addresses (`ffi/batch.ts`).
 */
import { assert, assertEquals } from "@std/assert";
import { type Config, makeBundle } from "../support/bundle.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

/** Around what 16 bits hold, and what a message does. */
const LENGTHS = [4095, 4096, 65_535, 65_536, 65_540, 131_072, 1 << 20];

const ATTACKS: Readonly<Record<string, (config: Config, length: number) => void>> = {
  "a namespace's path": ({ linux }, length) => {
    linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "ipc");
    linux.namespaces.push({ type: "ipc", path: "/".padEnd(length, "n") });
  },
  "a namespace's path that leads to one of the host's when it is cut": ({ linux }, length) => {
    linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "ipc");
    linux.namespaces.push({ type: "ipc", path: "/proc/1/ns/ipc".padEnd(length, "/x") });
  },
  "a mount's destination": ({ mounts }, length) => {
    mounts.push({ destination: "/".padEnd(length, "m"), type: "tmpfs", source: "tmpfs" });
  },
  "mappings": ({ linux }, length) => {
    linux.namespaces.push({ type: "user" });
    linux.uidMappings = linux.gidMappings = Array.from(
      { length: Math.ceil(length / 12) },
      (_, i) => ({ containerID: i, hostID: 100_000 + i, size: 1 }),
    );
  },
};

for (const [name, attack] of Object.entries(ATTACKS)) {
  testNeeding([root], `CVE-2021-43784: ${name} of any length is refused, and nothing is made`, () => {
    using runtime = new Runtime();
    for (const length of LENGTHS) {
      // The kernel takes 340 mappings in all.
      if (name === "mappings" && length <= 340 * 12) continue;
      using bundle = makeBundle((config) => {
        config.process.args = ["echo", "started"];
        attack(config, length);
      });
      const id = runtime.newId();
      const { code, stdout, stderr } = runtime.call(["run", "-b", bundle.directory, id]);
      assert(code !== 0 && stderr !== "", `${length}: ${stdout}`);
      assertEquals(stdout, "");
      assertEquals(leftovers(id, runtime.root, bundle.directory), []);
    }
  });
}
