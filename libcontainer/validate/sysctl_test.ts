import { assertEquals } from "@std/assert";
import { findingsOf } from "../../tests/support/checked_spec.ts";
import { checkSysctl, dottedSysctl, sysctlPath } from "./sysctl.ts";

function findings(key: string, types: string[], facts = {}): string[] {
  const namespaces = types.map((type) => type.startsWith("/") ? { type: "network", path: type } : { type });
  return findingsOf(checkSysctl, { [`linux.sysctl["${key}"]`]: "1", "linux.namespaces": namespaces }, facts)
    .map((line) => line.slice(line.indexOf("]: ") + 3));
}

Deno.test("checkSysctl() permits what belongs to a namespace of the container", () => {
  const cases: [string, string][] = [
    ["net.ipv4.ip_forward", "network"],
    ["net/ipv4/conf/eno2.100/rp_filter", "network"],
    ["kernel.shmmax", "ipc"],
    ["fs.mqueue.msg_max", "ipc"],
    ["kernel.domainname", "uts"],
    ["user.max_net_namespaces", "user"],
  ];
  for (const [key, type] of cases) {
    assertEquals(findings(key, [type]), [], key);
    assertEquals(findings(key, ["pid", "mount"]).length, 1, key);
  }
});

Deno.test("checkSysctl() has runc's words", () => {
  const cases: [string, string[], string][] = [
    ["kernel.sem", [], 'sysctl "kernel.sem" is not allowed in the hosts ipc namespace'],
    ["net.core.x", [], 'sysctl "net.core.x" not allowed in host network namespace'],
    [
      "vm.swappiness",
      ["network", "ipc", "uts"],
      'sysctl "vm.swappiness" is not in a separate kernel namespace',
    ],
    ["kernel/core_pattern", ["ipc"], 'sysctl "kernel.core_pattern" is not in a separate kernel namespace'],
    ["user.x", ["uts"], "setting ucounts without a user namespace not allowed: user.x"],
    [
      "kernel.hostname",
      ["uts"],
      'sysctl "kernel.hostname" is not allowed as it conflicts with the OCI "hostname" field',
    ],
  ];
  for (const [key, types, message] of cases) assertEquals(findings(key, types), [message]);
});

Deno.test("checkSysctl() notices runt's own network namespace joined by path", () => {
  assertEquals(findings("net.x", ["/n"]), []);
  assertEquals(findings("net.x", ["/n"], { isOwnNamespace: (_: string, path: string) => path === "/n" }), [
    'sysctl "net.x" not allowed in host network namespace',
  ]);
  const isOwnNamespace = () => {
    throw new Error("No such file or directory (os error 2): stat '/n'");
  };
  assertEquals(findings("net.x", ["/n"], { isOwnNamespace }), [
    "invalid netns path: stat /n: No such file or directory",
  ]);
});

Deno.test("checkSysctl() refuses names that would lead out of their directory", () => {
  for (
    const key of ["net/../kernel/core_pattern", "net.//.kernel.core_pattern", "net..x", "net.", "net././x"]
  ) {
    assertEquals(findings(key, ["network"]).length, 1, key);
  }
});

Deno.test("sysctlPath() gives the file of both spellings", () => {
  assertEquals(sysctlPath("net.ipv4.conf.eno2/100.rp_filter").join("/"), "net/ipv4/conf/eno2.100/rp_filter");
  assertEquals(sysctlPath("net/ipv4/conf/eno2.100/rp_filter").join("/"), "net/ipv4/conf/eno2.100/rp_filter");
  assertEquals(dottedSysctl("kernel"), "kernel");
});
