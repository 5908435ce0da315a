import { assertEquals } from "@std/assert";
import type { ContainerState } from "../libcontainer/lifecycle/container_state.ts";
import { orderState } from "./_container_json.ts";
import { formatContainerTable } from "./_container_table.ts";
import { jsonAsGo } from "./_go_format.ts";

function state(fields: Partial<ContainerState>): ContainerState {
  return {
    owner: "root",
    created: "2026-01-02T03:04:05.000000006Z",
    rootfs: "/b/rootfs",
    bundle: "/b",
    status: "running",
    pid: 7,
    id: "c1",
    ociVersion: "1.3.0",
    ...fields,
  };
}

Deno.test("formatContainerTable() of no container is runc's heading", () => {
  assertEquals(
    formatContainerTable([]),
    "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n",
  );
});

Deno.test("formatContainerTable() widens a column to its widest cell and three blanks", () => {
  const table = formatContainerTable([
    state({ id: "a-rather-long-name", bundle: "/bundles/é" }),
    state({ pid: 0, status: "stopped", bundle: "/b", owner: "#1000" }),
  ]);
  assertEquals(table.split("\n"), [
    "ID                   PID         STATUS      BUNDLE       CREATED                          OWNER",
    "a-rather-long-name   7           running     /bundles/é   2026-01-02T03:04:05.000000006Z   root",
    "c1                   0           stopped     /b           2026-01-02T03:04:05.000000006Z   #1000",
    "",
  ]);
});

Deno.test("orderState() prints keys in runc's order, annotations by name", () => {
  const ordered = orderState(state({ annotations: { b: "<2>", a: "1" } }));
  assertEquals(
    jsonAsGo(ordered, "  "),
    `{
  "ociVersion": "1.3.0",
  "id": "c1",
  "pid": 7,
  "status": "running",
  "bundle": "/b",
  "rootfs": "/b/rootfs",
  "created": "2026-01-02T03:04:05.000000006Z",
  "annotations": {
    "a": "1",
    "b": "\\u003c2\\u003e"
  },
  "owner": "root"
}`,
  );
});

Deno.test("orderState() leaves out annotations where there are none", () => {
  assertEquals("annotations" in orderState(state({ annotations: {} })), false);
  assertEquals("annotations" in orderState(state({})), false);
});
