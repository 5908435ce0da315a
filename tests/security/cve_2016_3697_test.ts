/**
 * CVE-2016-3697: an image whose /etc/passwd gives a number as the name of root. Who asks for the user with that number
 * must not become root.
 * The defence is that nobody looks it up: `changeUser()` of `libcontainer/lifecycle/exec_process.ts` knows numbers only.
 */
import { assert, assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { startContainer } from "../support/running_container.ts";
import { Runtime } from "../support/runtime.ts";

const PASSWD = "1000:x:0:0:root:/:/bin/sh\nroot:x:0:0:root:/root:/bin/sh\n", GROUP = "1000:x:0:1000\n";
const SHOW = ["sh", "-c", "id -u; id -g; id -G"];

function plant(rootfs: string): void {
  Deno.mkdirSync(`${rootfs}/etc`, { recursive: true });
  Deno.writeTextFileSync(`${rootfs}/etc/passwd`, PASSWD);
  Deno.writeTextFileSync(`${rootfs}/etc/group`, GROUP);
}

testNeeding([root], "CVE-2016-3697: a number is no name of /etc/passwd, at run", () => {
  using bundle = makeBundle(({ process }) => {
    process.args = SHOW;
    process.user = { uid: 1000, gid: 1000 };
  });
  plant(bundle.rootfs);
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).stdout, "1000\n1000\n1000\n");
});

testNeeding([root], "CVE-2016-3697: nor at exec, and a name is none at all", () => {
  using running = startContainer();
  plant(running.rootfs);
  const { stdout, stderr } = running.exec("--user", "1000:1000", "ID", ...SHOW);
  assertEquals(stdout, "1000\n1000\n1000\n", stderr);
  const named = running.exec("--user", "root", "ID", ...SHOW);
  assert(named.code !== 0);
  assertEquals(named.stdout, "");
});
