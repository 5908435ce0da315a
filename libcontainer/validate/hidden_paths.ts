import type { Check, CheckContext } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** `linux.maskedPaths`. runc's text for the namespace. */
export const checkMaskedPaths: Check = (context) => checkPaths("maskedPaths", context);

/** `linux.readonlyPaths`. runc's text for the namespace. */
export const checkReadonlyPaths: Check = (context) => checkPaths("readonlyPaths", context);

function checkPaths(field: "maskedPaths" | "readonlyPaths", { spec, error, warn }: CheckContext): void {
  const paths = spec.linux![field]!;
  if (paths.length > 0 && namespaceOf(spec, "mount") === undefined) {
    error(`linux.${field}`, "unable to restrict sys entries without a private MNT namespace");
  }
  for (let i = 0; i < paths.length; i++) {
    if (!paths[i]!.startsWith("/")) {
      warn(`linux.${field}[${i}]`, `not an absolute path, taken as relative to /: ${paths[i]}`);
    }
  }
}
