import { assertEquals } from "@std/assert";
import { loadSpec } from "../../libcontainer/spec/load.ts";
import { writeTrainingBundle } from "./training_bundle.ts";

Deno.test({
  name: "the training bundles are right, and their programs end at once or wait to be killed",
  ignore: Deno.build.arch !== "x86_64",
  fn: async () => {
    const directory = Deno.makeTempDirSync({ prefix: "runt-test-" });
    try {
      const { short, long } = writeTrainingBundle(directory);
      for (const bundle of [short, long]) assertEquals(loadSpec(bundle).process?.args, ["/bin/program"]);
      assertEquals(new Deno.Command(`${short}/rootfs/bin/program`).outputSync().code, 0);
      const child = new Deno.Command(`${long}/rootfs/bin/program`).spawn();
      child.kill("SIGKILL");
      assertEquals((await child.status).signal, "SIGKILL");
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
