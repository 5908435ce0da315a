import type { LinuxNamespace, LinuxNamespaceType } from "../spec/linux.ts";
import type { Spec } from "../spec/spec.ts";

/** The entry of `linux.namespaces` for a kind; undefined when the container shares runt's. */
export function namespaceOf(spec: Spec, type: LinuxNamespaceType): LinuxNamespace | undefined {
  return spec.linux?.namespaces?.find((namespace) => namespace.type === type);
}
