/**
 * Boots User-mode Linux: a Linux kernel as processes of this host, which it shares no cgroup, mount or
 * process with.
 *
 * @module
 */
import type { GuestImages } from "../../tools/guest/build_images.ts";
import type { Pid1 } from "./job.ts";

/** What a guest is given. */
export interface Boot {
  images: GuestImages;
  pid1: Pid1;
  /** The job's directory; its path goes on the kernel's command line. */
  job: string;
  /** Where the guest keeps its memory, disk and sockets. */
  scratch: string;
  /** MiB of memory. */
  memory: number;
  /** After how many seconds the guest is killed. */
  seconds: number;
  /** The host's CPU it runs on. */
  cpu: number;
}

/** How the guest ended. */
export interface BootEnd {
  timedOut: boolean;
  /** The end of what its kernel printed. */
  console: string;
  /** From start to end. */
  seconds: number;
}

/**
 * Boots a guest, and waits until it powers off.
 *
 * - One CPU for a guest: its kernel and its processes are host processes which take turns some hundred
 *   thousand times a second; on two CPUs each turn wakes the other one, and all takes three times as long.
 * - A pid namespace of its own, so that killing its first process leaves none behind; that one is killed by
 *   the host's kernel (`--pdeathsig`) should this process be killed.
 * - Memory and disk in a tmpfs of a mount namespace of its own: /dev/shm may be small or noexec on the host,
 *   and there is nothing to clean up.
 */
export async function bootUserModeLinux(boot: Boot, abort: AbortSignal): Promise<BootEnd> {
  Deno.mkdirSync(boot.scratch, { recursive: true });
  const init = boot.pid1 === "systemd"
    ? ["init=/sbin/init", "systemd.unit=guest.target", "systemd.unified_cgroup_hierarchy=1"]
    : ["init=/guest/init"];
  const kernel = [
    boot.images.kernel,
    `mem=${boot.memory}M`,
    `ubda=${boot.scratch}/disk,${boot.images.root}`,
    "root=/dev/ubda",
    "rw",
    "rootfstype=ext4",
    `uml_dir=${boot.scratch}/uml`,
    ...["con=null", "con0=null,fd:1", "con1=null", "ssl=null", "quiet", "audit=0", "lsm=apparmor"],
    ...init,
    `guest.job=${boot.job}`,
  ];
  const size = boot.memory + 1024;
  const mountAndRun = `mount -t tmpfs -o size=${size}M guest "$1" && shift && exec env LD_PRELOAD="$0" "$@"`;
  const started = Date.now();
  const child = new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "KILL", "timeout", "-s", "KILL", `${boot.seconds + 5}`],
      ...["setpriv", "--pdeathsig", "KILL", "taskset", "-c", `${boot.cpu}`],
      ...["unshare", "--pid", "--mount-proc", "--fork", "--kill-child=KILL"],
      ...["sh", "-c", mountAndRun, boot.images.preload, boot.scratch, ...kernel],
    ],
    env: { TMPDIR: boot.scratch },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let timedOut = false;
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, boot.seconds * 1000);
  abort.addEventListener("abort", kill);
  try {
    const { stdout, stderr } = await child.output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const console = text.trimEnd().split(/\r?\n/).slice(-30).join("\n");
    return { timedOut, console, seconds: (Date.now() - started) / 1000 };
  } finally {
    clearTimeout(timer);
    abort.removeEventListener("abort", kill);
  }
}

/** The CPUs that this process may run on, as /proc/self/status has them (proc(5), Cpus_allowed_list). */
export function listCpus(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? "0";
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
