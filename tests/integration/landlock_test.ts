/**
 * Landlock, where a bundle's annotation asks for it (docs/landlock.md).
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { attempts, FILES, isRunc, landlock, restricted, runRestricted, SHELL } from "../support/landlock.ts";
import { root, testNeeding } from "../support/needs.ts";
import { Runtime } from "../support/runtime.ts";

for (const noNewPrivileges of [true, false]) {
  for (const uid of [0, 1000]) {
    const who = `${uid ? "a user" : "root"} ${noNewPrivileges ? "with" : "without"} no_new_privs`;
    testNeeding(
      [root, isRunc, landlock(1)],
      `files are kept from ${who} but where a rule allows them`,
      () => {
        const commands = [
          "cat /etc/passwd",
          "echo x >/tmp/new && cat /tmp/new",
          "ls /tmp",
          "cat /etc/group",
          "ls /etc",
          "echo x >/var/new",
          "mkdir /tmp/sub",
          "/tmp/true",
        ];
        const { code, stdout, stderr } = runRestricted(FILES, attempts(commands), ({ process }) => {
          process.noNewPrivileges = noNewPrivileges;
          process.user = { uid, gid: uid };
          process.cwd = "/tmp";
        }, ({ rootfs }) => {
          Deno.chmodSync(`${rootfs}/var`, 0o777);
          Deno.copyFileSync(`${rootfs}/bin/busybox`, `${rootfs}/tmp/true`);
          Deno.chmodSync(`${rootfs}/tmp/true`, 0o755);
        });
        assertEquals([code, stderr], [0, ""]);
        assertEquals(stdout.trim().split("\n"), ["ok", "ok", "ok", "no", "no", "no", "no", "no"]);
      },
    );
  }
}

testNeeding([root, isRunc, landlock(1)], "a container with its own user namespace is restricted", () => {
  const { code, stdout } = runRestricted(
    FILES,
    attempts(["cat /etc/passwd", "cat /etc/group"]),
    ({ linux }) => {
      linux.namespaces.push({ type: "user" });
      linux.uidMappings = linux.gidMappings = [{ containerID: 0, hostID: 0, size: 2000 }];
    },
  );
  assertEquals([code, stdout], [0, "ok\nno\n"]);
});

testNeeding([root, isRunc, landlock(1)], "a program that may not be executed is not", () => {
  const { code, stderr } = runRestricted(
    FILES,
    "",
    ({ process }) => process.args = ["/sbin/x"],
    ({ rootfs }) => {
      Deno.mkdirSync(`${rootfs}/sbin`);
      Deno.copyFileSync(`${rootfs}/bin/busybox`, `${rootfs}/sbin/x`);
      Deno.chmodSync(`${rootfs}/sbin/x`, 0o755);
    },
  );
  assertEquals(code, 255);
  assertStringIncludes(stderr, "exec /sbin/x: permission denied");
});

testNeeding(
  [root, isRunc, landlock(1)],
  "a restricted process mounts nothing, whatever it may do else",
  () => {
    const { stdout } = runRestricted(
      { ruleset: { handledAccessFS: ["make_block"] } },
      attempts(["mount -t tmpfs x /tmp", "umount /proc", "true"]),
      ({ process }) => {
        process.noNewPrivileges = false;
        for (const set of ["bounding", "effective", "permitted"]) {
          process.capabilities[set].push(
            "CAP_SYS_ADMIN",
          );
        }
      },
    );
    assertEquals(stdout, "no\nno\nok\n");
  },
);

testNeeding(
  [root, isRunc, landlock(1)],
  "a rule's path is found in the container, whatever links are there",
  () => {
    const ruleset = {
      ...FILES,
      rules: { pathBeneath: [...SHELL, { allowedAccess: ["read_file"], paths: ["/out", "/in"] }] },
    };
    const script = attempts(["cat /etc/passwd", "cat /etc/group"]);
    const { code, stdout, stderr } = runRestricted(ruleset, script, undefined, ({ rootfs }) => {
      Deno.symlinkSync("../../../../../../etc/passwd", `${rootfs}/out`);
      Deno.symlinkSync("/etc/group", `${rootfs}/in`);
    });
    assertEquals([code, stderr, stdout], [0, "", "ok\nok\n"]);
  },
);

testNeeding([root, isRunc, landlock(1)], "an exec is restricted like the container's first process", () => {
  using bundle = restricted(FILES, "sleep 100"), runtime = new Runtime();
  const id = runtime.newId();
  runtime.must(["run", "-d", "-b", bundle.directory, id], { stdout: "null", stderr: "null" });
  const script = attempts(["cat /etc/passwd", "cat /etc/group", "echo x >/tmp/new", "echo x >/etc/new"]);
  assertEquals(runtime.must(["exec", id, "/bin/sh", "-c", script]).stdout, "ok\nno\nok\nno\n");
  // Looked up as its user, who may execute it but for Landlock.
  Deno.copyFileSync(`${bundle.rootfs}/bin/busybox`, `${bundle.rootfs}/var/true`);
  Deno.chmodSync(`${bundle.rootfs}/var/true`, 0o755);
  const denied = runtime.call(["exec", id, "/var/true"]);
  assertEquals([denied.code, /permission denied/.test(denied.stderr)], [255, true], denied.stderr);
  // What a rule allowed may be gone by now; the rest holds.
  Deno.removeSync(`${bundle.rootfs}/etc/passwd`);
  assertEquals(runtime.must(["exec", id, "/bin/sh", "-c", script]).stdout, "no\nno\nok\nno\n");
});

testNeeding([root, isRunc, landlock(1)], "Landlock and a filter that forbids its calls go together", () => {
  for (const noNewPrivileges of [true, false]) {
    const { code, stdout, stderr } = runRestricted(FILES, attempts(["cat /etc/group", "true"]), (config) => {
      config.process.noNewPrivileges = noNewPrivileges;
      config.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{
          names: ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"],
          action: "SCMP_ACT_KILL_PROCESS",
        }],
      };
    });
    assertEquals([code, stderr, stdout], [0, "", "no\nok\n"]);
  }
});

testNeeding([root, isRunc, landlock(1)], "few files may be open, and there are more rules than that", () => {
  const paths = Array.from({ length: 200 }, (_, i) => `/tmp/${i}`);
  const ruleset = {
    ...FILES,
    rules: { pathBeneath: [...SHELL, { allowedAccess: ["read_file"], paths }] },
  };
  const { code, stdout, stderr } = runRestricted(
    ruleset,
    attempts(["cat /tmp/0", "cat /tmp/199", "cat /etc/group"]),
    ({ process }) => {
      process.rlimits = [{ type: "RLIMIT_NOFILE", hard: 10, soft: 10 }];
    },
    ({ rootfs }) => {
      for (const path of paths) Deno.writeTextFileSync(`${rootfs}${path}`, "");
    },
  );
  assertEquals([code, stderr, stdout], [0, "", "ok\nok\nno\n"]);
});

testNeeding(
  [root, isRunc, landlock(3)],
  "files are not cut where truncate is handled and not allowed",
  () => {
    const ruleset = {
      ruleset: { handledAccessFS: ["truncate"] },
      rules: { pathBeneath: [{ allowedAccess: ["truncate"], paths: ["/tmp", "/dev/null"] }] },
    };
    const { stdout } = runRestricted(
      ruleset,
      attempts(["echo x >/tmp/a", "echo x >/etc/passwd", "echo x >>/etc/passwd"]),
    );
    assertEquals(stdout, "ok\nno\nok\n");
  },
);

testNeeding(
  [root, isRunc, landlock(4)],
  "ports are kept from the program but where a rule allows them",
  () => {
    const ruleset = {
      ruleset: { handledAccessNet: ["bind_tcp", "connect_tcp"] },
      rules: { netPort: [{ allowedAccess: ["bind_tcp", "connect_tcp"], ports: [4000] }] },
    };
    const script = `(nc -l -p 4000 >/dev/null & sleep 1; echo x | nc -w 1 127.0.0.1 4000) && echo ok
    nc -l -p 4001 2>&1; nc -w 1 127.0.0.1 4001 </dev/null 2>&1`;
    const { stdout } = runRestricted(ruleset, script);
    const lines = stdout.trim().split("\n");
    assertEquals(lines.length, 3, stdout);
    assertEquals(lines[0], "ok");
    assertMatch(lines[1]!, /bind: Permission denied/);
    assertMatch(lines[2]!, /Permission denied/);
  },
);

testNeeding(
  [root, isRunc, landlock(6)],
  "an exec cannot signal the container's first process across its scope",
  () => {
    using bundle = restricted({ ruleset: { scoped: ["signal"] } }, "sleep 100"), runtime = new Runtime();
    const id = runtime.newId();
    runtime.must(["run", "-d", "-b", bundle.directory, id], { stdout: "null", stderr: "null" });
    const script = "kill -0 1 2>&1; sleep 10 & kill -9 $! && echo ok";
    const { stdout } = runtime.call(["exec", id, "/bin/sh", "-c", script]);
    assertMatch(stdout, /Operation not permitted[^]*ok\n$/);
    // From the host all is as ever.
    runtime.must(["kill", id, "KILL"]);
  },
);

testNeeding([root, isRunc, landlock(1)], "the fourth run and exec are restricted like the first", () => {
  const script = attempts(["cat /etc/passwd", "cat /etc/group"]);
  using bundle = restricted(FILES, script), runtime = new Runtime();
  for (let i = 0; i < 4; i++) assertEquals(runtime.run(bundle.directory).stdout, "ok\nno\n");
  using other = restricted(FILES, "sleep 100");
  const id = runtime.newId();
  runtime.must(["run", "-d", "-b", other.directory, id], { stdout: "null", stderr: "null" });
  for (let i = 0; i < 4; i++) {
    assertEquals(runtime.must(["exec", id, "/bin/sh", "-c", script]).stdout, "ok\nno\n");
  }
});
