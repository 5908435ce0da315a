/**
 * `create` of containers of all kinds, on a kernel that fails one call with an errno that a kernel may have: it goes on
 * where that does no harm, or ends in words; it never hangs, and leaves nothing.
 *
 * In this process, without the start of an executable for each.
 */
import { assert, assertEquals } from "@std/assert";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RuntError } from "../../libcontainer/error.ts";
import { createContainer } from "../../libcontainer/lifecycle/create.ts";
import { deleteContainer } from "../../libcontainer/lifecycle/delete.ts";
import { type Config, makeBundle } from "../support/bundle.ts";
import { seeded } from "../support/config_mutations.ts";
import { DescriptorReceiver } from "../support/descriptor_receiver.ts";
import { children } from "../support/children.ts";
import { ERRNOS, FaultingKernel } from "../support/faulting_kernel.ts";
import { leftovers } from "../support/leftovers.ts";
import { root, testNeeding } from "../support/needs.ts";
import { usualOptions } from "../support/runtime_options.ts";
import { waitUntil } from "../support/runtime.ts";

const CASES = 2000;
/** What one create may take on a slow machine. */
const MOST_MS = 20_000;
const IDS = [{ containerID: 0, hostID: 100_000, size: 65536 }];

/** What a container may have; each case takes some of it. */
const INGREDIENTS: readonly ((config: Config) => void)[] = [
  ({ linux }) => {
    linux.namespaces.push({ type: "user" });
    linux.uidMappings = linux.gidMappings = IDS;
  },
  ({ mounts }) => {
    mounts.push({
      destination: "/mapped",
      type: "bind",
      source: "rootfs/etc",
      options: ["rbind", "ridmap"],
      uidMappings: IDS,
      gidMappings: IDS,
    });
  },
  ({ linux }) => linux.resources = { memory: { limit: 64 << 20 }, pids: { limit: 10 }, cpu: { shares: 100 } },
  ({ linux }) => linux.sysctl = { "net.ipv4.ip_forward": "1", "kernel.shmmax": "4294967296" },
  ({ linux }) => linux.devices = [{ path: "/dev/my/fuse", type: "c", major: 10, minor: 229, uid: 5 }],
  ({ mounts }) => {
    mounts.push(
      { destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "ro"] },
      { destination: "/mnt/a/b", type: "bind", source: "/usr/share", options: ["rbind", "rro", "rslave"] },
      { destination: "/etc/hosts", type: "bind", source: "/etc/hosts", options: ["bind", "ro", "nosuid"] },
    );
  },
  ({ root, process }) => {
    root.readonly = false;
    process.cwd = "/made/for/it";
    process.user = { uid: 1000, gid: 1000, additionalGids: [5], umask: 0o077 };
    process.oomScoreAdj = 500;
  },
  (config) => {
    config.hostname = "h";
    config.domainname = "d";
    config.linux.namespaces = config.linux.namespaces.filter(({ type }: Config) => type !== "network");
  },
  ({ linux }) => linux.namespaces = linux.namespaces.filter(({ type }: Config) => type !== "cgroup"),
  ({ process }) => {
    process.terminal = true;
    process.consoleSize = { height: 11, width: 77 };
  },
  (config) => {
    const hooks = [{ path: "/bin/true", timeout: 5 }];
    config.hooks = { createRuntime: hooks, createContainer: hooks, startContainer: hooks, poststop: hooks };
  },
];

testNeeding([root], `${CASES} creates on a kernel that fails a call leave nothing, and say why`, async () => {
  using bundle = makeBundle();
  const stateRoot = Deno.makeTempDirSync({ prefix: "runt-root-" }), kernel = new LocalKernel(openNative());
  const runtime = usualOptions(stateRoot);
  const mounts = Deno.readTextFileSync("/proc/self/mountinfo");
  let failed = 0, unharmed = 0, most = 400;
  for (let seed = 0; seed < CASES; seed++) {
    const random = seeded(seed), id = `f${Deno.pid}-${seed}`;
    let hasTerminal = false;
    bundle.update((config) => {
      config.process.args = ["true"];
      for (let count = random(5); count > 0; count--) INGREDIENTS[random(INGREDIENTS.length)]!(config);
      hasTerminal = config.process.terminal;
    });
    const nth = random(most), errno = ERRNOS[random(ERRNOS.length)]!, start = performance.now();
    const options = {
      bundle: bundle.directory,
      noPivot: random(9) === 0,
      noNewKeyring: random(9) === 0,
      preserveFds: 0,
      ...(hasTerminal ? { consoleSocket: `${stateRoot}/console` } : {}),
    };
    using _receiver = hasTerminal ? new DescriptorReceiver(`${stateRoot}/console`) : undefined;
    let told: unknown, what: string;
    {
      using faults = new FaultingKernel(nth, errno);
      try {
        await createContainer(runtime, id, options as Parameters<typeof createContainer>[2]);
      } catch (error) {
        told = error;
      }
      what = `seed ${seed}: ${errno} for call ${nth}, ${faults.failed}`;
      if (faults.failed === undefined) most = Math.max(100, faults.calls);
    }
    if (told === undefined) {
      unharmed++;
      await deleteContainer(runtime, id, { force: true });
    } else {
      failed++;
      assert(told instanceof RuntError || told instanceof KernelError, `${what}: ${(told as Error).stack}`);
      let text = "";
      for (let error: unknown = told; error instanceof Error; error = error.cause) {
        text += `${error.message}: `;
      }
      assert(!/undefined|NaN|\[object |Cannot read prop/.test(text), `${what}: ${text}`);
      assert(!(told instanceof RuntError && told.code === "internal"), `${what}: ${text}`);
    }
    if (hasTerminal) Deno.removeSync(`${stateRoot}/console`);
    // A process that was killed, or has nothing left to do, may take a moment to be gone.
    waitUntil(`no process is left, ${what}`, () => children(kernel).length === 0);
    assertEquals([...Deno.readDirSync(stateRoot)].filter(({ isDirectory }) => isDirectory), [], what);
    assert(performance.now() - start < MOST_MS, what);
    // Looking for everything takes longer than a create.
    if (seed % 10 === 0) assertEquals(leftovers(id, stateRoot, bundle.directory), [], what);
  }
  assertEquals(Deno.readTextFileSync("/proc/self/mountinfo"), mounts);
  for (let seed = 0; seed < CASES; seed += 7) {
    const found = leftovers(`f${Deno.pid}-${seed}`, stateRoot, bundle.directory);
    assertEquals(found, [], `seed ${seed}`);
    if (seed > 70) break;
  }
  Deno.removeSync(stateRoot, { recursive: true });
  assert(failed > CASES / 3, `${failed} failed, ${unharmed} did not`);
});
