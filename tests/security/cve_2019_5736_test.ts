/**
 * CVE-2019-5736: a container that overwrites the runtime's executable through `/proc/<pid>/exe`.
 *
 * Seen to fail without the defence: in `libcontainer/process/container_process.ts` have the process exec runt's own file
 * (`--init=self` with `openSealedExecutable()` returning a plain `open("/proc/self/exe")`); the first test then finds
 * runt's path behind `/proc/self/exe`, and the second one writes to it.
 */
import { assert, assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { root, testNeeding } from "../support/needs.ts";
import { RUNT, Runtime } from "../support/runtime.ts";

function digest(): string {
  const { mtime, size, ino } = Deno.statSync(RUNT);
  return `${mtime?.getTime()} ${size} ${ino}`;
}

testNeeding([root], "CVE-2019-5736: a program that is #!/proc/self/exe is not runt", () => {
  using bundle = makeBundle(({ process, root }) => {
    process.args = ["/evil"];
    process.capabilities = undefined;
    root.readonly = false;
  });
  // The kernel makes the interpreter of what executes the script: with a vulnerable runtime, the runtime itself.
  Deno.writeTextFileSync(`${bundle.rootfs}/evil`, "#!/proc/self/exe\n");
  Deno.chmodSync(`${bundle.rootfs}/evil`, 0o755);
  using runtime = new Runtime();
  const before = digest();
  const { code, stdout } = runtime.run(bundle.directory);
  assert(code !== 0);
  assertEquals(stdout.includes("runt"), false, stdout);
  assertEquals(digest(), before);
});

testNeeding(
  [root],
  "CVE-2019-5736: nothing in a container can write to the file that its init was executed from",
  () => {
    // Another process of the same pid namespace watches the init of a created container, as `exec` would have it.
    using bundle = makeBundle(({ process, linux, root }) => {
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
      const all = ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_SYS_ADMIN"];
      process.capabilities = { bounding: all, effective: all, permitted: all };
      root.readonly = false;
    });
    using runtime = new Runtime();
    const victim = runtime.newId();
    runtime.create(bundle.directory, victim);
    const { pid } = runtime.state(victim);
    const before = digest();
    bundle.update(({ process, linux, root }) => {
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== "pid");
      const all = ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_SYS_ADMIN"];
      process.capabilities = { bounding: all, effective: all, permitted: all };
      root.readonly = false;
      process.args = ["sh", "-c", `readlink /proc/${pid}/exe; echo pwned > /proc/${pid}/exe && echo WRITTEN`];
    });
    const { stdout } = runtime.run(bundle.directory);
    assertEquals(stdout.includes("WRITTEN"), false, stdout);
    assertEquals(stdout.includes(RUNT), false, stdout);
    assertEquals(digest(), before);
  },
);
