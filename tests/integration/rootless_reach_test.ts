/**
 * A normal user and the processes of his containers before they run their programs: what he may do to them.
 */
import { assertEquals } from "@std/assert";
import type { Config } from "../support/bundle.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT } from "../support/runtime.ts";
import { NormalUser, USER, userNamespaces } from "../support/rootless.ts";

const NEEDS = [root, program("setpriv"), userNamespaces];

// In self mode its memory is of the container's user namespace, which the user owns.
const notSelf = () => Deno.env.get("RUNT_INIT") === "self" ? "not so in self mode" : undefined;

function sh(command: string): (config: Config) => void {
  return ({ process }) => process.args = ["sh", "-c", command];
}

testNeeding(
  [...NEEDS, program("runc")],
  "a normal user's container can be executed in before it is started, as under runc",
  () => {
    using user = new NormalUser();
    for (const name of ["runc", RUNT]) {
      using runtime = user.runtime(name), bundle = user.bundle(sh("exit 4"));
      const id = runtime.newId();
      runtime.create(bundle.directory, id);
      const { code, stdout, stderr } = runtime.call(["exec", id, "sh", "-c", "ls /proc/1/fd"]);
      assertEquals([code, stderr], [0, ""], runtime.program);
      // Of what is not the container's, the process that waits has the FIFO alone.
      if (runtime.program.endsWith("runt") && !notSelf()) {
        assertEquals(stdout.trim().split("\n").length, 4, stdout);
      }
      assertEquals(runtime.state(id).status, "created");
      runtime.must(["delete", "--force", id]);
    }
  },
);

testNeeding(
  [...NEEDS, notSelf],
  "while a filter is still to be set, not even its user may trace a container's process",
  () => {
    using user = new NormalUser(), runtime = user.runtime();
    using bundle = user.bundle(({ process, linux }) => {
      process.noNewPrivileges = true;
      linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{ names: ["swapon"], action: "SCMP_ACT_ERRNO" }],
      };
    });
    const id = runtime.newId();
    runtime.create(bundle.directory, id);
    const { pid } = runtime.state(id);
    const { stderr } = user.run(["sh", "-c", `cat /proc/${pid}/environ; ls /proc/${pid}/fd`]);
    assertEquals(stderr.match(/ermission denied/g)?.length, 2, stderr);
    runtime.must(["delete", "--force", id]);
  },
);

for (const noNewPrivileges of [true, false]) {
  const words = noNewPrivileges ? "with" : "without";
  testNeeding(
    NEEDS,
    `a normal user's agent is sent the descriptor of a filter, ${words} no_new_privs`,
    () => {
      using user = new NormalUser(), runtime = user.runtime();
      const path = `${user.directory}/home/agent`;
      using receiver = new DescriptorReceiver(path);
      Deno.chownSync(path, USER, USER);
      using bundle = user.bundle(({ process, linux }) => {
        Object.assign(process, { noNewPrivileges, args: ["sleep", "100"] });
        linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          listenerPath: path,
          // sendmsg: the descriptor must come some other way.
          syscalls: [{ names: ["mkdir", "sendmsg"], action: "SCMP_ACT_NOTIFY" }],
        };
      });
      const id = runtime.newId();
      assertEquals(runtime.create(bundle.directory, id), { code: 0, stdout: "", stderr: "" });
      const expect = (status: string) => {
        const { words, fds } = receiver.receive();
        assertEquals([fds.length, JSON.parse(words).state.status], [1, status]);
        receiver.kernel.close(fds[0]!);
      };
      expect("creating");
      runtime.must(["start", id]);
      runtime.must(["exec", id, "true"]);
      expect("running");
      runtime.must(["delete", "--force", id]);
    },
  );
}
