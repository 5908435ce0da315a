/**
 * Bind mounts whose sources the container's process cannot reach: below a directory of the host's root alone, in a
 * user namespace whose root is another user.
 */
import { assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

const OTHER = 100000, IDS = [{ containerID: 0, hostID: OTHER, size: 65536 }];

/** Self mode has no way to hand a descriptor over yet. */
const notSelf = () => Deno.env.get("RUNT_INIT") === "self" ? "not in self mode" : undefined;

testNeeding(
  [root, notSelf],
  "a container in a user namespace gets what only the host's root can reach",
  () => {
    using bundle = makeBundle();
    const secret = `${bundle.directory}/secret`;
    Deno.mkdirSync(`${secret}/inner/deep`, { recursive: true });
    Deno.writeTextFileSync(`${secret}/file`, "reached\n");
    Deno.chmodSync(secret, 0o700);
    new Deno.Command("chown", { args: ["-R", `${OTHER}:${OTHER}`, bundle.rootfs] }).outputSync();
    bundle.update(({ process, mounts, linux }) => {
      linux.namespaces.push({ type: "user" });
      linux.uidMappings = linux.gidMappings = IDS;
      mounts.push(
        { destination: "/data/file", type: "bind", source: "secret/file", options: ["bind", "ro"] },
        { destination: "/data/inner", type: "bind", source: "secret/inner", options: ["rbind", "rprivate"] },
        { destination: "/data/after", type: "bind", source: "rootfs/tmp", options: ["bind"] },
      );
      process.args = ["sh", "-c", "cat /data/file; ls /data/inner; grep -c ' /data/' /proc/self/mountinfo"];
    });
    using runtime = new Runtime();
    const { stdout, stderr } = runtime.run(bundle.directory);
    assertEquals(stdout, "reached\ndeep\n3\n", stderr);
  },
);
