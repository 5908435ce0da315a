import { assertEquals } from "@std/assert";
import { decode } from "./decode.ts";
import { exampleSpec, formatSpec } from "./example.ts";
import { SPEC } from "./schema.ts";
import type { Spec } from "./spec.ts";

function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`../../tests/golden/spec/${name}`, import.meta.url));
}

Deno.test("exampleSpec() is what runc spec writes, byte for byte", () => {
  assertEquals(formatSpec(exampleSpec({ unified: false })), golden("example.json"));
});

Deno.test("exampleSpec() is what runc spec --rootless writes, byte for byte", () => {
  const spec = exampleSpec({ rootless: true, unified: false, uid: 1000, gid: 1001 });
  assertEquals(formatSpec(spec), golden("example_rootless.json"));
});

Deno.test("exampleSpec() has a cgroup namespace where cgroup v2 is alone", () => {
  const types = (rootless: boolean) =>
    exampleSpec({ rootless, unified: true, uid: 0, gid: 0 }).linux!.namespaces!.map(({ type }) => type)
      .join();
  assertEquals(types(false), "pid,network,ipc,uts,mount,cgroup");
  assertEquals(types(true), "pid,ipc,uts,mount,cgroup,user");
});

Deno.test("formatSpec() escapes as Go does and writes large integers exactly", () => {
  const spec: Spec = {
    ociVersion: "<&>",
    process: {
      cwd: "/",
      user: { uid: 0, gid: 0 },
      rlimits: [{ type: "T", hard: 18446744073709551615n, soft: 1 }],
    },
  };
  const text = formatSpec(spec);
  assertEquals(text.split("\n")[1], '\t"ociVersion": "\\u003c\\u0026\\u003e",');
  assertEquals(decode<Spec>(text, SPEC).value, spec);
});
