/**
 * `--systemd-cgroup` of a normal user, by the systemd that is his own.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { testNeeding } from "../../support/needs.ts";
import { NormalUser, USER } from "../../support/rootless.ts";
import { run, RUNT, Runtime, waitUntil } from "../../support/runtime.ts";
import { CGROUP_ROOT, cgroupExists, readCgroup } from "./container.ts";
import { guest, runt, systemd } from "./guest_needs.ts";

const MANAGER = "runttest-user.service";

/** A user with a systemd of his own, as `user@.service` starts one. */
class UserWithSystemd extends NormalUser {
  constructor() {
    super();
    // systemd looks its user up.
    for (const name of ["passwd", "group"]) Deno.copyFileSync(`${this.directory}/${name}`, `/etc/${name}`);
    const who = [
      "--uid",
      String(USER),
      "--gid",
      String(USER),
      "--setenv",
      `XDG_RUNTIME_DIR=${this.directory}/run`,
    ];
    const how = ["-p", "Delegate=yes", "-p", "Type=notify", "/lib/systemd/systemd", "--user"];
    const { code, stderr } = run("systemd-run", ["--unit", MANAGER, "--collect", ...who, ...how]);
    assertEquals(code, 0, stderr + run("journalctl", ["-n", "20", "--no-pager", "-u", MANAGER]).stdout);
    waitUntil("it listens", () => run("test", ["-S", `${this.directory}/run/systemd/private`]).code === 0);
    // Where he may move processes: from elsewhere he may not, unless the host's systemd helps.
    const own = `${CGROUP_ROOT}/system.slice/${MANAGER}/init.scope/cgroup.procs`;
    Deno.writeTextFileSync(
      `${this.directory}/runt`,
      `#!/bin/sh\necho $$ >${own} && exec ${this.directory}/as-user ${RUNT} "$@"\n`,
    );
    Deno.chmodSync(`${this.directory}/runt`, 0o755);
  }

  /** A runtime that is run in it. */
  override runtime(program = `${this.directory}/runt`, globalFlags: readonly string[] = []): Runtime {
    const runtime = new Runtime(program, globalFlags);
    Deno.chownSync(runtime.root, USER, USER);
    return runtime;
  }

  show(unit: string, property: string): string {
    return this.run(["systemctl", "--user", "show", "--value", "-p", property, unit]).stdout.trim();
  }

  override [Symbol.dispose](): void {
    run("systemctl", ["stop", MANAGER]);
    super[Symbol.dispose]();
  }
}

testNeeding([guest, systemd, runt], "a user's container is a scope of his own systemd", () => {
  using user = new UserWithSystemd();
  using runtime = user.runtime(undefined, ["--systemd-cgroup"]);
  using bundle = user.bundle(({ process, linux }) => {
    process.args = ["sleep", "1000"];
    linux.resources = { memory: { limit: 64 << 20 }, pids: { limit: 55 } };
  });
  const id = runtime.newId(), unit = `runt-${id}.scope`;
  const outcome = runtime.create(bundle.directory, id);
  assertEquals(outcome.code, 0, outcome.stderr);
  const cgroup = readCgroup(runtime.state(id).pid);
  assertEquals(cgroup, `/system.slice/${MANAGER}/user.slice/${unit}`);
  assertEquals(user.show(unit, "MemoryMax"), String(64 << 20));
  assertEquals(user.show(unit, "TasksMax"), "55");
  assertEquals(Deno.readTextFileSync(`${CGROUP_ROOT}${cgroup}/memory.max`), `${64 << 20}\n`);
  runtime.must(["start", id]);
  assertEquals(runtime.must(["exec", id, "cat", "/proc/self/cgroup"]).stdout, "0::/\n");
  runtime.must(["delete", "--force", id]);
  assertEquals(user.show(unit, "LoadState"), "not-found");
  assert(!cgroupExists(cgroup));
});
