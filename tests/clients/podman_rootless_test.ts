/**
 * podman of a normal user, and podman's user namespaces: what a container sees is the same on runc and on runt.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { makeRootfs } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { NormalUser, userNamespaces } from "../support/rootless.ts";
import { type Outcome, run, RUNT } from "../support/runtime.ts";
import { IMAGE, Podman, RUN_FLAGS } from "./podman.ts";

const PROGRAMS = ["podman", "conmon", "runc", "newuidmap", "setpriv"].map(program);

/** podman of the normal user, on one runtime after the other; storage of its own. */
class RootlessPodman implements Disposable {
  readonly #user = new NormalUser();

  constructor() {
    const rootfs = `${this.#user.directory}/rootfs`;
    makeRootfs(rootfs);
    run("tar", ["-C", rootfs, "-cf", `${this.#user.directory}/image.tar`, "."]);
    const { code, stderr } = this.call(RUNT, [
      "import",
      "--quiet",
      `${this.#user.directory}/image.tar`,
      IMAGE,
    ]);
    if (code !== 0) throw new Error(stderr);
  }

  call(runtime: string, args: readonly string[]): Outcome {
    const flags = ["--storage-driver", "vfs", "--events-backend", "file", "--cgroup-manager", "cgroupfs"];
    const podman = ["timeout", "-k", "5", "60", "podman", ...flags, "--runtime", runtime, ...args];
    return this.#user.run(["sh", "-c", 'cd "$HOME"; exec "$@"', "sh", ...podman]);
  }

  run(runtime: string, flags: readonly string[], command: readonly string[]): Outcome {
    return this.call(runtime, [
      "run",
      "--rm",
      "--network",
      "host",
      ...RUN_FLAGS,
      ...flags,
      IMAGE,
      ...command,
    ]);
  }

  [Symbol.dispose](): void {
    this.call(RUNT, ["rm", "--all", "--force", "--time", "0"]);
    // What its containers' ids own is there too; and a process of podman's keeps its namespaces.
    this.call(RUNT, ["system", "migrate"]);
    this.#user[Symbol.dispose]();
  }
}

/** Needs a podman that runs for a normal user on runc: what it cannot do there is none of runt's. */
let lack: string | undefined | null = null;
const rootlessPodman = () => {
  if (lack === null) {
    using podman = new RootlessPodman();
    const { code, stderr } = podman.run("runc", [], ["true"]);
    lack = code === 0 ? undefined : `rootless podman does not run here: ${stderr.trim().split("\n").at(-1)}`;
  }
  return lack;
};
const NEEDS = [root, ...PROGRAMS, userNamespaces, rootlessPodman];

testNeeding(NEEDS, "a normal user's podman runs containers in each kind of user namespace", () => {
  using podman = new RootlessPodman();
  const look = [
    "sh",
    "-c",
    "id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map; cat /proc/self/setgroups; ls -ln /dev",
  ];
  for (const flags of [[], ["--userns=keep-id"], ["--userns=nomap"], ["--userns=auto"], ["--userns=host"]]) {
    const expected = podman.run("runc", flags, look), actual = podman.run(RUNT, flags, look);
    // runc mounts the queues with the group of its caller, which is not always root's in there; runt with root's.
    const untimed = ({ stdout }: Outcome) =>
      stdout.replace(/[A-Z][a-z]{2} +\d+ \d\d:\d\d/g, "TIME").replace(/.* mqueue\n/, "");
    assertEquals(expected.code, 0, expected.stderr);
    assertEquals(untimed(actual), untimed(expected), `${flags}: ${actual.stderr}`);
  }
});

testNeeding(NEEDS, "a normal user's podman stops, looks at and removes what it runs", () => {
  using podman = new RootlessPodman();
  const started = podman.call(RUNT, [
    ...["run", "-d", "--name", "long", "--network", "host", ...RUN_FLAGS, IMAGE],
    ...["sh", "-c", "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.1; done"],
  ]);
  assertEquals(started.code, 0, started.stderr);
  assertMatch(podman.call(RUNT, ["ps", "--format", "{{.Names}} {{.Status}}"]).stdout, /^long Up /);
  assertEquals(podman.call(RUNT, ["exec", "long", "sh", "-c", "echo in; exit 9"]), {
    code: 9,
    stdout: "in\n",
    stderr: "",
  });
  podman.call(RUNT, ["stop", "--time", "10", "long"]);
  assertEquals(podman.call(RUNT, ["logs", "long"]).stdout, "up\nbye\n");
  assertEquals(podman.call(RUNT, ["inspect", "--format", "{{.State.ExitCode}}", "long"]).stdout, "7\n");
  assertEquals(podman.call(RUNT, ["rm", "long"]).code, 0);
});

testNeeding([root, program("podman")], "root's podman maps ids by --uidmap, in a user namespace", () => {
  using podman = new Podman();
  const { stdout, stderr } = podman.run(
    ["--rm", "--uidmap", "0:200000:2000", "--gidmap", "0:300000:3000", "--network", "none"],
    ["sh", "-c", "cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /bin/busybox"],
  );
  assertMatch(stdout, /^\s+0\s+200000\s+2000\n\s+0\s+300000\s+3000\n0:0\n$/, stderr);
});
