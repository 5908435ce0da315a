/**
 * CVE-2025-52881 (CVE-2025-62596 of youki): what the runtime writes to /proc is led elsewhere. Here the container's /proc is a real procfs, but a
 * file of the host is mounted over a kernel parameter in it; a runtime that writes through it changes that file (with
 * `core_pattern` or `sysrq-trigger` in its place, the host), and the parameter stays as it was.
 *
 * Seen to fail without the defence: in `libcontainer/rootfs/sysctl.ts` open the container's own /proc
 * (`openInRoot(kernel, rootFd(root), "/proc")`) in the place of `openProc()`, and take `RESOLVE_NO_XDEV` out of
 * `writeProcFile()` in `libcontainer/rootfs/proc.ts`; the file is then written to.
 */
import { assertEquals } from "@std/assert";
import { makeBundle } from "../support/bundle.ts";
import { program, root, testNeeding } from "../support/needs.ts";
import { run, RUNT, Runtime } from "../support/runtime.ts";

testNeeding(
  [root, program("unshare")],
  "CVE-2025-52881, CVE-2025-62596: a sysctl is written to a procfs, whatever /proc is",
  () => {
    using bundle = makeBundle();
    const proc = `${bundle.directory}/proc`, decoy = `${bundle.directory}/decoy`;
    Deno.mkdirSync(proc);
    Deno.writeTextFileSync(decoy, "as it was\n");
    bundle.update(({ process, mounts, linux }) => {
      mounts[0] = { destination: "/proc", type: "bind", source: proc, options: ["rbind"] };
      mounts.push({ destination: "/run/proc", type: "proc", source: "proc", options: [] });
      linux.sysctl = { "kernel.domainname": "written" };
      linux.readonlyPaths = [];
      linux.maskedPaths = [];
      process.args = ["sh", "-c", "cat /proc/sys/kernel/domainname /run/proc/sys/kernel/domainname"];
    });
    Deno.mkdirSync(`${bundle.rootfs}/run/proc`, { recursive: true });
    using runtime = new Runtime();
    // In a mount namespace of its own, so that the host sees none of it.
    const script = `mount -t proc proc "$1/proc" && mount --bind "$1/decoy" "$1/proc/sys/kernel/domainname" &&
    exec "$2" --root "$3" run -b "$1" "$4"`;
    const { stdout, stderr } = run("unshare", [
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      script,
      "sh",
      bundle.directory,
      RUNT,
      runtime.root,
      runtime.newId(),
    ]);
    assertEquals(stdout, "as it was\nwritten\n", stderr);
    assertEquals(Deno.readTextFileSync(decoy), "as it was\n");
  },
);
