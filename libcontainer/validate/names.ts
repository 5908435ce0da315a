import type { Check, CheckContext } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** `hostname`, sethostname(2). runc's text for the namespace. */
export const checkHostname: Check = (context) => checkName("hostname", context);

/** `domainname`, setdomainname(2). runc's text for the namespace. */
export const checkDomainname: Check = (context) => checkName("domainname", context);

function checkName(field: "hostname" | "domainname", { spec, error }: CheckContext): void {
  const name = spec[field]!;
  if (name !== "" && namespaceOf(spec, "uts") === undefined) {
    error(field, `unable to set ${field} without a private UTS namespace`);
  }
  // __NEW_UTS_LEN. The first look spares the encoder where even three bytes for each character would fit.
  if (name.length > 21 && new TextEncoder().encode(name).length > 64) {
    error(field, "must be at most 64 bytes long");
  }
}
