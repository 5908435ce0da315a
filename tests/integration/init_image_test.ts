import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, Runtime } from "../support/runtime.ts";

testNeeding(
  [root, program("python3")],
  "the init of a created container is the sealed image and has only its descriptors",
  () => {
    using bundle = makeBundle();
    using runtime = new Runtime();
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    const { pid } = runtime.state(id);
    assertStringIncludes(Deno.readLinkSync(`/proc/${pid}/exe`), "memfd:runt-init");
    assertEquals(Deno.statSync(`/proc/${pid}/exe`).size < 4096, true);
    // F_SEAL_SEAL | SHRINK | GROW | WRITE
    const seals = `import fcntl,os; print(fcntl.fcntl(os.open("/proc/${pid}/exe", os.O_RDONLY), 1034) & 15)`;
    assertEquals(run("python3", ["-c", seals]).stdout, "15\n");
    assertEquals(run("sh", ["-c", `echo x > /proc/${pid}/exe`]).code !== 0, true);
    const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => Number(name)).toSorted((
      a,
      b,
    ) => a - b);
    assertEquals(descriptors.slice(0, 3), [0, 1, 2]);
    const others = descriptors.slice(3).map((fd) => Deno.readLinkSync(`/proc/${pid}/fd/${fd}`));
    assertEquals(others.length, 1);
    assertMatch(others[0]!, /exec\.fifo$/);
  },
);
