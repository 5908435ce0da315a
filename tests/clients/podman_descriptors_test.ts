/** Descriptors and readiness through podman, under runt and under runc. */
import { assertEquals } from "@std/assert";
import { program, root, testNeeding } from "../support/needs.ts";
import { compileNotify } from "../support/notify_program.ts";
import { run, RUNT } from "../support/runtime.ts";
import { ServiceManager } from "../support/service_manager.ts";
import { IMAGE, Podman, RUN_FLAGS } from "./podman.ts";

const NEEDS = [root, program("podman"), program("conmon"), program("runc")];
const START = ["run", "--network", "none", ...RUN_FLAGS];

testNeeding(NEEDS, "podman run --preserve-fds", () => {
  const script = "for fd in 3 4 5; do read -r line <&$fd && echo $fd $line; done 2>/dev/null";
  for (const runtime of [RUNT, "runc"]) {
    using podman = new Podman(runtime);
    const args = [...START, "--rm", "--preserve-fds", "2", IMAGE, "sh", "-c", script];
    const [bash, options] = podman.inShell(args, "exec 3<<<three 4<<<four 5<<<five;");
    assertEquals(run(bash, options.args!, options).stdout, "3 three\n4 four\n");
  }
});

/** What the service manager hears of a detached container, and podman's exit code. */
async function hear(runtime: string): Promise<(string | number)[]> {
  const directory = Deno.makeTempDirSync({ prefix: "runt-notify-" });
  try {
    compileNotify(`${directory}/notify`);
    using podman = new Podman(runtime), manager = new ServiceManager(`${directory}/host.sock`);
    const script = "/notify STATUS=x READY=1; exec sleep 100";
    const flags = ["--detach", "--sdnotify=container", "-v", `${directory}/notify:/notify:ro`, "--name", "c"];
    const [bash, options] = podman.inShell([...START, ...flags, IMAGE, "sh", "-c", script]);
    const child = new Deno.Command(bash, {
      ...options,
      env: { ...options.env, NOTIFY_SOCKET: manager.path },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const heard: string[] = [];
    // The rest comes at once, in an order of conmon's.
    for (let wait = 15, word; (word = await manager.receive(wait)) !== undefined; wait = 1) {
      heard.push(word.trim().replace(/\d{2,}/, "N"));
    }
    return [...heard.toSorted(), (await child.status).code];
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

testNeeding(
  [...NEEDS, program("gcc")],
  "podman run --sdnotify=container tells when it is ready",
  async () => {
    const heard = await hear(RUNT);
    assertEquals(heard, await hear("runc"));
    assertEquals(heard.includes("READY=1"), true);
  },
);
