/** Images are built under runt as under runc: podman build, and buildah. */
import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { type Outcome, run, RUNT } from "../support/runtime.ts";
import { IMAGE, Podman, RUN_FLAGS } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon"), program("runc")];
const BUILD_FLAGS = ["--network", "none", ...RUN_FLAGS];

function normalise({ code, stdout, stderr }: Outcome): Outcome {
  const clean = (text: string) =>
    text.replace(/[0-9a-f]{64}/g, "ID").replace(/\b[0-9a-f]{11,12}\b/g, "ID")
      .replace(/runt-(build|podman)-\w+/g, "DIRECTORY").replace(/\brun[tc]\b/g, "RUNTIME")
      .replace(/from \S+ creating/g, "from RUNTIME creating").replace(/time="[^"]*"/g, "TIME").replace(
        /error during container init: |process\.args\[0\]: /g,
        "",
      );
  return { code, stdout: clean(stdout), stderr: clean(stderr) };
}

/** What a look comes to under both runtimes; each must leave no container behind. */
function compare(look: (podman: Podman, directory: string) => Outcome[]): void {
  const seen = [RUNT, "runc"].map((runtime) => {
    const directory = Deno.makeTempDirSync({ prefix: "runt-build-" });
    try {
      using podman = new Podman(runtime, [], { asRunc: true });
      return look(podman, directory).map(normalise);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
  assertEquals(seen[0], seen[1]);
}

testNeeding(NEEDS, "podman build runs its steps", () => {
  compare((podman, directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "copied\n");
    Deno.writeTextFileSync(
      `${directory}/Containerfile`,
      [
        `FROM ${IMAGE}`,
        "ENV WORD=hello",
        "COPY file /file",
        "RUN echo $WORD > /made && cat /file /made && id",
        "USER 1000:1000",
        "WORKDIR /tmp",
        'RUN ["sh", "-c", "pwd; id; touch /tmp/mine; ip link | grep -c ^[0-9]"]',
        "RUN --mount=type=tmpfs,target=/t df /t | tail -1 | cut -d' ' -f1",
        "RUN grep -E '^(Cap|NoNew)' /proc/self/status; awk '{print $5, $6}' /proc/self/mountinfo | sort",
        'CMD ["cat", "/made"]',
        "",
      ].join("\n"),
    );
    return [
      podman.call(["build", ...BUILD_FLAGS, "--tag", "localhost/built", directory]),
      podman.call(["run", "--rm", ...BUILD_FLAGS, "localhost/built"]),
      podman.call(["run", "--rm", ...BUILD_FLAGS, "localhost/built", "ls", "-l", "/tmp", "/made"]),
    ].map((outcome) => ({
      ...outcome,
      stdout: outcome.stdout.replace(/[A-Z][a-z]{2} +\d+ +[\d:]+/g, "DATE"),
    }));
  });
});

testNeeding(NEEDS, "podman build ends with a step that fails", () => {
  compare((podman, directory) =>
    ["RUN echo before; exit 3", 'RUN ["/no/such/program"]', "RUN no-such-program", "RUN kill -9 $$"].map(
      (step) => {
        Deno.writeTextFileSync(`${directory}/Containerfile`, `FROM ${IMAGE}\n${step}\n`);
        return podman.call(["build", ...BUILD_FLAGS, directory]);
      },
    )
  );
});

testNeeding([...NEEDS, program("buildah")], "buildah run", () => {
  const seen = [RUNT, "runc"].map((runtime) => {
    const directory = Deno.makeTempDirSync({ prefix: "runt-build-" });
    const buildah = (...args: string[]) => {
      const storage = [
        "--root",
        `${directory}/root`,
        "--runroot",
        `${directory}/run`,
        "--storage-driver",
        "vfs",
      ];
      return run("timeout", ["-k", "5", "60", "buildah", ...storage, ...args], {
        env: { BUILDAH_ISOLATION: "oci" },
      });
    };
    const flags = ["--runtime", runtime, "--network", "none"];
    try {
      buildah("from", "--name", "c", ...BUILD_FLAGS.slice(2), "scratch");
      buildah("copy", "c", "/usr/bin/busybox", "/bin/sh");
      Deno.mkdirSync(`${directory}/data`);
      const outcomes = [
        buildah("run", ...flags, "c", "--", "/bin/sh", "-c", "echo $0 $PPID; echo err >&2; exit 4"),
        buildah("run", ...flags, "--user", "7:8", "c", "--", "/bin/sh", "-c", "busybox id -u; echo $?"),
        buildah("run", ...flags, "c", "--", "/no/such"),
        buildah("run", ...flags, "-v", `${directory}:/data:ro`, "c", "--", "/bin/sh", "-c", "echo > /data/x"),
        ...["", ":z", ":Z,U"].map((options) =>
          buildah(
            "run",
            ...flags,
            "-v",
            `${directory}/data:/data${options}`,
            "c",
            "--",
            "/bin/sh",
            "-c",
            "> /data/x",
          )
        ),
        buildah(
          "run",
          ...flags,
          "--cap-drop",
          "all",
          "c",
          "--",
          "/bin/sh",
          "-c",
          "while read -r l; do case $l in Cap*) echo $l;; esac; done < /proc/self/status",
        ),
      ];
      buildah("rm", "--all");
      return outcomes.map(normalise);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
  assertEquals(seen[0], seen[1]);
});
