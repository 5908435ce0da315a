import type { Check, CheckContext } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** `linux.maskedPaths`. runc's text. */
export const checkMaskedPaths: Check = (context) => checkPaths("maskedPaths", context);

/** `linux.readonlyPaths`. runc's text. */
export const checkReadonlyPaths: Check = (context) => checkPaths("readonlyPaths", context);

/** A path that is not absolute is one from the root, as in runc, which says nothing either. */
function checkPaths(field: "maskedPaths" | "readonlyPaths", { spec, error }: CheckContext): void {
  if (spec.linux![field]!.length > 0 && namespaceOf(spec, "mount") === undefined) {
    error(`linux.${field}`, "unable to restrict sys entries without a private MNT namespace");
  }
}
