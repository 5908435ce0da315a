/**
 * podman with the profile that it gives to every container unless told otherwise.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { Podman } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon")];

/** What a shell in a container says of its filter, and of calls that the default profile is about. */
const QUESTIONS =
  "grep ^Seccomp: /proc/self/status; unshare -U true 2>&1; mount -t tmpfs x /tmp 2>&1; hostname y 2>&1; echo $?";

testNeeding(NEEDS, "podman's default profile confines a container as it does under runc", () => {
  const answers = [undefined, "/usr/sbin/runc"].map((runtime) => {
    using podman = runtime ? new Podman(runtime) : new Podman();
    const { code, stdout, stderr } = podman.run(["--rm"], ["sh", "-c", QUESTIONS]);
    return { code, stdout, stderr };
  });
  assertEquals(answers[0], answers[1]);
  assertMatch(answers[0]!.stdout, /^Seccomp:\t2\n/);
});

testNeeding(NEEDS, "podman: a profile of one's own, and none", () => {
  using podman = new Podman();
  const file = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    Deno.writeTextFileSync(
      file,
      JSON.stringify({
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }],
      }),
    );
    const own = podman.run(["--rm", "--security-opt", `seccomp=${file}`], ["mkdir", "/tmp/x"]);
    assertEquals(own.code, 1);
    assertMatch(own.stderr, /No space left on device/);
    const none = ["--rm", "--security-opt", "seccomp=unconfined"];
    assertEquals(podman.run(none, ["grep", "^Seccomp:", "/proc/self/status"]).stdout, "Seccomp:\t0\n");
    // Privileged containers have none either.
    assertEquals(
      podman.run(["--rm", "--privileged"], ["grep", "^Seccomp:", "/proc/self/status"]).stdout,
      "Seccomp:\t0\n",
    );
  } finally {
    Deno.removeSync(file);
  }
});
