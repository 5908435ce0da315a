import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { setMoreV1 } from "../v1/more_resources.ts";
import { setMoreV2 } from "./more_resources.ts";

/** A cgroup as a plain directory with some files; what is in them afterwards. */
function filesAfter(files: Readonly<Record<string, string>>, body: (dir: string) => void): string[] {
  const dir = Deno.makeTempDirSync({ prefix: "runt-more-" });
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${dir}/${name}`, text);
    body(dir);
    return Object.keys(files).map((name) => Deno.readTextFileSync(`${dir}/${name}`));
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const WEIGHTS = { weight: 500, weightDevice: [{ major: 8, minor: 0, weight: 600 }] };

Deno.test("v2: the scheduler decides about weights", () => {
  const set = (dir: string) => setMoreV2(dir, { blockIO: WEIGHTS });
  assertEquals(filesAfter({ "io.weight": "" }, set), ["4950"]);
  assertEquals(filesAfter({ "io.weight": "", "io.bfq.weight": "100\n" }, set), ["", "500"]);
  const filled = { "io.weight": "", "io.bfq.weight": "default 100\n" };
  assertEquals(filesAfter(filled, set), ["", "8:0 600"]);
});

Deno.test("v2: huge pages and RDMA have their files, networks none", () => {
  const files = { "hugetlb.2MB.max": "", "rdma.max": "" };
  const resources = {
    hugepageLimits: [{ pageSize: "2MB", limit: 5 }],
    rdma: { a: { hcaHandles: 1 } },
    network: { classID: 5 },
  };
  assertEquals(filesAfter(files, (dir) => setMoreV2(dir, resources)), ["5", "a hca_handle=1"]);
});

Deno.test("v1: the scheduler decides about the names of weights, and each controller has its directory", () => {
  const set = (dir: string) =>
    setMoreV1({ blkio: dir, net_cls: dir }, { blockIO: { weight: 5 }, network: { classID: 7 } });
  const files = { "blkio.bfq.weight": "", "net_cls.classid": "" };
  assertEquals(filesAfter(files, set), ["5", "7"]);
  assertEquals(filesAfter({ "blkio.weight": "", ...files }, set), ["5", "", "7"]);
});

Deno.test("v1: a limit of a controller that is not there is refused in runc's words", () => {
  const error = assertThrows(
    () => setMoreV1({}, { hugepageLimits: [{ pageSize: "2MB", limit: 5 }] }),
    RuntError,
  );
  assertEquals(error.message, "cannot set hugetlb limit: container could not join or create cgroup");
  setMoreV1({}, { hugepageLimits: [], network: {}, rdma: {}, blockIO: {} });
});
