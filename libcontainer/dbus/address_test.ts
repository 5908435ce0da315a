import { assertEquals } from "@std/assert";
import { unixSocketsOf } from "./address.ts";

Deno.test("unixSocketsOf() finds the unix sockets of an address, and no others", () => {
  assertEquals(unixSocketsOf("unix:path=/run/user/1000/bus"), ["/run/user/1000/bus"]);
  assertEquals(unixSocketsOf("tcp:host=x;unix:abstract=/tmp/x,guid=12;unix:path=/a%20b"), [
    "@/tmp/x",
    "/a b",
  ]);
  assertEquals(unixSocketsOf("unix:path=/a%zz"), ["/a%zz"]);
  assertEquals(unixSocketsOf("autolaunch:"), []);
});
