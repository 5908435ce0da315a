import { assertEquals } from "@std/assert";
import { CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWUSER } from "../../ffi/constants/clone.ts";
import { differingNamespaces } from "./differing_namespaces.ts";

Deno.test("differingNamespaces() finds none between a process and itself", () => {
  assertEquals(differingNamespaces(Deno.pid), 0);
});

Deno.test("differingNamespaces() tells those that differ or are hidden, not those that the kernel lacks", () => {
  const links = (path: string) => {
    if (path.endsWith("/time")) throw new Deno.errors.NotFound();
    if (path === "/proc/7/ns/pid") throw new Deno.errors.PermissionDenied();
    return /^\/proc\/7\/ns\/(user|net)$/.test(path) ? "theirs" : "ours";
  };
  assertEquals(differingNamespaces(7, links), CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID);
});
