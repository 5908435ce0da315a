import { assertEquals } from "@std/assert";
import { readTrace } from "./trace.ts";

const TRACE = `10 execve("/bin/rt", ["/bin/rt", "run", "-b", "/b", "x", "/bin/true"], 0x1 /* 3 vars */) = 0
10 openat(AT_FDCWD, "/lib/libc.so.6", O_RDONLY) = 3
10 read(3, "ELF"..., 832) = 832
10 openat(AT_FDCWD, "/b/config.json", O_RDONLY) = 3
10 read(3, "{}", 100) = 2
11 read(4,  <unfinished ...>
10 close(3) = 0
11 <... read resumed>"x", 1) = 40
11 execve("/bin/true", ["/bin/true"], 0x2 /* 1 var */) = 0
11 brk(NULL) = 0x1
`;

Deno.test("calls are counted to the container's exec, bytes from the first call on the bundle", () => {
  const { calls, callsBefore, bytesRead, most } = readTrace(TRACE, ["/b"], "/bin/true");
  assertEquals({ calls, callsBefore, bytesRead }, { calls: 8, callsBefore: 3, bytesRead: 42 });
  assertEquals(most[0], ["read", 2]);
});
