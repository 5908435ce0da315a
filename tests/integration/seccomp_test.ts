/**
 * Profiles in the kernel: a program in a container meets what its profile says, under runt as under runc.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeProgram } from "../../tools/build/training_bundle.ts";
import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime, waitUntil } from "../support/runtime.ts";

const X86_64_ONLY = () => Deno.build.arch === "x86_64" ? undefined : "needs x86-64";

/** What the program below ends with, out of system call `nr` with one argument. */
function probeCode(nr: number, argument = 0): number[] {
  const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  return [
    ...[0xb8, ...word(nr)], // mov eax, nr
    ...[0xbf, ...word(argument)], // mov edi, argument
    ...[0x31, 0xf6, 0x31, 0xd2, 0x45, 0x31, 0xd2], // xor esi, esi; xor edx, edx; xor r10d, r10d
    ...[0x0f, 0x05], // syscall
    ...[0xf7, 0xd8, 0x89, 0xc7], // neg eax; mov edi, eax
    ...[0xb8, 0xe7, 0, 0, 0, 0x0f, 0x05], // exit_group(-result)
  ];
}

/** A bundle whose program makes one system call and exits with its errno. */
function probe(
  nr: number,
  profile: Config,
  change: (config: Config) => void = () => {},
  argument = 0,
): Bundle {
  const bundle = makeBundle((config) => {
    config.process.args = ["/probe"];
    config.linux.seccomp = profile;
    change(config);
  });
  Deno.writeFileSync(`${bundle.rootfs}/probe`, writeProgram(probeCode(nr, argument)), { mode: 0o755 });
  Deno.chmodSync(`${bundle.rootfs}/probe`, 0o755);
  return bundle;
}

const GETPPID = 110, MKDIR = 83, PERSONALITY = 135, NEWER = 900;
const ALLOW = { defaultAction: "SCMP_ACT_ALLOW" };
const rule = (names: string[], action: string, more: Config = {}) => ({ names, action, ...more });

/** What runc's init needs, after the filter is set. */
const INIT_CALLS = (
  "read write close openat execve exit exit_group futex mmap munmap mprotect brk rt_sigaction rt_sigprocmask " +
  "rt_sigreturn sigaltstack madvise nanosleep epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 eventfd2 pipe2 fcntl " +
  "fstat newfstatat getdents64 getpid gettid getppid tgkill capget capset prctl setgroups setresuid setresgid setuid " +
  "setgid getuid getgid getcwd chdir fchown faccessat2 faccessat close_range readlinkat clone clone3 sched_yield " +
  "arch_prctl rseq set_robust_list prlimit64 statfs fstatfs ioctl lseek dup3 recvmsg sendmsg getrandom uname"
).split(" ");

const cases: [what: string, nr: number, profile: Config, argument?: number][] = [
  ["an errno", MKDIR, { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_ERRNO", { errnoRet: 99 })] }],
  ["EPERM, unless told", MKDIR, { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_ERRNO")] }],
  ["the death of the process", MKDIR, { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_KILL_PROCESS")] }],
  ["the death of the thread", MKDIR, { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_KILL")] }],
  ["a signal", MKDIR, { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_TRAP")] }],
  ["ENOSYS where nobody traces", MKDIR, { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_TRACE")] }],
  ["a log line, and no more", GETPPID, { ...ALLOW, syscalls: [rule(["getppid"], "SCMP_ACT_LOG")] }],
  [
    "the default errno",
    MKDIR,
    {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 77,
      syscalls: [rule([...INIT_CALLS, "faccessat2", "statx", "pidfd_open"], "SCMP_ACT_ALLOW")],
    },
  ],
  [
    "ENOSYS for what is newer than the profile",
    NEWER,
    {
      defaultAction: "SCMP_ACT_ERRNO",
      // runc 1.1 looks only at those that are named.
      architectures: ["SCMP_ARCH_X86_64"],
      syscalls: [rule(INIT_CALLS, "SCMP_ACT_ALLOW")],
    },
  ],
  [
    "an argument that matches",
    PERSONALITY,
    {
      ...ALLOW,
      syscalls: [
        rule(["personality"], "SCMP_ACT_ERRNO", { args: [{ index: 0, value: 8, op: "SCMP_CMP_EQ" }] }),
      ],
    },
    8,
  ],
  [
    "an argument that does not",
    PERSONALITY,
    {
      ...ALLOW,
      syscalls: [
        rule(["personality"], "SCMP_ACT_ERRNO", { args: [{ index: 0, value: 8, op: "SCMP_CMP_EQ" }] }),
      ],
    },
    0,
  ],
];

for (const noNewPrivileges of [true, false]) {
  testNeeding(
    [root, X86_64_ONLY],
    `a program sees what its profile says, as under runc, ${
      noNewPrivileges ? "with" : "without"
    } no_new_privs`,
    () => {
      using runt = new Runtime(), runc = new Runtime("runc");
      for (const [what, nr, profile, argument] of cases) {
        using bundle = probe(nr, profile, (config) => {
          config.process.noNewPrivileges = noNewPrivileges;
          config.process.user = { uid: 1000, gid: 1000 };
          config.process.capabilities = {};
        }, argument);
        const ours = runt.run(bundle.directory), theirs = runc.run(bundle.directory);
        assertEquals([what, ours], [what, theirs]);
        if (what === "an errno") assertEquals(ours.code, 99);
        if (what.startsWith("ENOSYS for")) assertEquals(ours.code, 38);
        if (what.startsWith("the death")) assertEquals(ours.code, 128 + 31);
      }
    },
  );
}

testNeeding(
  [root],
  "a profile that permits nothing but execve is enough for a program with no_new_privs",
  () => {
    using bundle = probe(MKDIR, {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 44,
      syscalls: [rule(["execve", "exit_group"], "SCMP_ACT_ALLOW")],
    }, ({ process }) => {
      process.noNewPrivileges = true;
    });
    using runtime = new Runtime();
    // In self mode V8 has work to do between the filter and the program.
    if (Deno.env.get("RUNT_INIT") !== "self") assertEquals(runtime.run(bundle.directory).code, 44);
  },
);

testNeeding(
  [root],
  "a profile that permits nothing at all, without no_new_privs, is an error in words",
  () => {
    using bundle = probe(
      GETPPID,
      { defaultAction: "SCMP_ACT_ERRNO" },
      ({ process }) => process.noNewPrivileges = false,
    );
    using runtime = new Runtime(RUNT);
    const { code, stderr } = runtime.run(bundle.directory);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /error during container init: (\w+: the process that does it died|cannot execute runt init)/,
    );
  },
);

testNeeding([root], "flags that runc 1.1 does not know yet are set", () => {
  const flags = ["TSYNC", "LOG", "SPEC_ALLOW"].map((name) => `SECCOMP_FILTER_FLAG_${name}`);
  using bundle = probe(MKDIR, {
    ...ALLOW,
    flags,
    syscalls: [rule(["mkdir"], "SCMP_ACT_ERRNO", { errnoRet: 5 })],
  });
  using runtime = new Runtime();
  assertEquals(runtime.run(bundle.directory).code, 5);
});

testNeeding([root], "create and start: the filter is there when the program is", () => {
  using bundle = makeBundle(({ process, linux, root }) => {
    const words =
      "(grep ^Seccomp: /proc/self/status; mkdir /tmp/dir || echo no) > /tmp/out 2> /dev/null; sleep 60";
    process.args = ["sh", "-c", words];
    root.readonly = false;
    linux.seccomp = { ...ALLOW, syscalls: [rule(["mkdir", "mkdirat"], "SCMP_ACT_ERRNO")] };
  });
  using runtime = new Runtime();
  const id = runtime.newId(), output = `${bundle.rootfs}/tmp/out`;
  assertEquals(runtime.create(bundle.directory, id).code, 0);
  runtime.must(["start", id]);
  const read = () => {
    try {
      return Deno.readTextFileSync(output);
    } catch {
      return "";
    }
  };
  waitUntil("the program has written", () => read().endsWith("no\n"));
  assertEquals(read(), "Seccomp:\t2\nno\n");
});

testNeeding([root], "a process that is executed later has the container's filter, as under runc", () => {
  const answers = [RUNT, "runc"].flatMap((program) => {
    using bundle = makeBundle(({ process, linux }) => {
      process.args = ["sleep", "100"];
      linux.seccomp = {
        ...ALLOW,
        syscalls: [rule(["mkdir", "mkdirat"], "SCMP_ACT_ERRNO", { errnoRet: 28 })],
      };
    });
    using runtime = new Runtime(program);
    const id = runtime.newId();
    assertEquals(runtime.create(bundle.directory, id).code, 0);
    runtime.must(["start", id]);
    const words = "grep ^Seccomp: /proc/self/status; mkdir /dev/shm/x 2>&1";
    const answer = runtime.call(["exec", id, "sh", "-c", words]);
    assertEquals(
      answer.stdout,
      "Seccomp:\t2\nmkdir: can't create directory '/dev/shm/x': No space left on device\n",
    );
    return [answer];
  });
  assertEquals(answers[0], answers[1]);
});

testNeeding([root], "what is wrong with a profile is told before anything is made", () => {
  using runtime = new Runtime();
  const refuse = (profile: Config): string => {
    using bundle = probe(MKDIR, profile);
    const { code, stderr } = runtime.run(bundle.directory);
    assert(code !== 0);
    return stderr;
  };
  const eq = { args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }] };
  assertMatch(
    refuse({ defaultAction: "SCMP_ACT_NOTIFY" }),
    /SCMP_ACT_NOTIFY cannot be used as default action/,
  );
  assertMatch(
    refuse({ ...ALLOW, syscalls: [rule(["write"], "SCMP_ACT_NOTIFY")] }),
    /SCMP_ACT_NOTIFY cannot be used for the write syscall/,
  );
  assertMatch(
    refuse({ ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_NOTIFY")] }),
    /seccomp listenerPath is not set/,
  );
  assertMatch(
    refuse({
      ...ALLOW,
      syscalls: [rule(["mkdir"], "SCMP_ACT_KILL", eq), rule(["mkdir"], "SCMP_ACT_ERRNO", eq)],
    }),
    /error adding seccomp rule for syscall mkdir: file exists/,
  );
  assertMatch(
    refuse({ ...ALLOW, architectures: ["SCMP_ARCH_S390X"] }),
    /error adding architecture to seccomp filter: numerical argument out of domain/,
  );
  assertMatch(refuse({ ...ALLOW, flags: ["SECCOMP_FILTER_FLAG_X"] }), /SECCOMP_FILTER_FLAG_X is not known/);
  assertMatch(
    refuse({ ...ALLOW, flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] }),
    /error loading seccomp filter: invalid argument/,
  );
  assertEquals([...Deno.readDirSync(runtime.root)].filter(({ isDirectory }) => isDirectory), []);
});

testNeeding([root], "features: seccomp is there", () => {
  using runtime = new Runtime(RUNT);
  const { linux } = JSON.parse(runtime.must(["features"]).stdout);
  assertEquals(linux.seccomp.enabled, true);
  assert(linux.seccomp.actions.includes("SCMP_ACT_NOTIFY"));
});

testNeeding([root], "without no_new_privs a profile may not know system calls that are newer than it", () => {
  const names = "close_range faccessat2 fsopen fsconfig fspick openat2 open_tree move_mount mount_setattr"
    .split(" ");
  using bundle = makeBundle(({ process, linux }) => {
    process.noNewPrivileges = false;
    process.args = ["sh", "-c", "ls /proc/self/fd | wc -l"];
    linux.seccomp = { ...ALLOW, syscalls: [rule(names, "SCMP_ACT_ERRNO", { errnoRet: 38 })] };
  });
  using runtime = new Runtime(RUNT);
  // 0, 1, 2 and the directory itself: nothing of runt's is left to the program.
  assertEquals(runtime.must(["run", "-b", bundle.directory, runtime.newId()]).stdout, "4\n");
  const id = runtime.newId();
  runtime.must(["create", "-b", bundle.directory, id], { stdout: "null", stderr: "null" });
  runtime.must(["start", id]);
  waitUntil("it ends", () => runtime.state(id).status === "stopped");
});

testNeeding(
  [root, program("runc")],
  "a filter that refuses what the working directory takes is told in runc's words",
  () => {
    for (const name of ["getcwd", "chdir"]) {
      using bundle = makeBundle((config) => {
        const syscalls = [{ names: [name], action: "SCMP_ACT_ERRNO" }];
        config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls };
        config.process.args = ["true"];
        config.process.noNewPrivileges = false;
      });
      const [expected, actual] = ["runc", RUNT].map((runtimeProgram) => {
        using runtime = new Runtime(runtimeProgram);
        const { code, stderr } = runtime.run(bundle.directory);
        return [code, stderr.match(/(failed to verify|chdir to cwd).*/)?.[0]];
      });
      assertEquals(actual, expected);
      assertEquals(actual![0], 1);
    }
  },
);
