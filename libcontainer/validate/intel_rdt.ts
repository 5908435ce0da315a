import type { Check } from "./issue.ts";

/** `linux.intelRdt`. runc's texts. */
export const checkIntelRdt: Check = ({ spec, facts, error }) => {
  const path = "linux.intelRdt";
  const { closID = "", l3CacheSchema, memBwSchema } = spec.linux!.intelRdt!;
  const host = facts.intelRdt;
  if (host === undefined) {
    return error(path, "intelRdt is specified in config, but Intel RDT is not enabled");
  }
  if (closID === "." || closID === ".." || closID.length > 1 && closID.includes("/")) {
    error(`${path}.closID`, `invalid intelRdt.ClosID ${JSON.stringify(closID)}`);
  }
  if (l3CacheSchema && !host.cat) {
    error(
      `${path}.l3CacheSchema`,
      "intelRdt.l3CacheSchema is specified in config, but Intel RDT/CAT is not enabled",
    );
  }
  if (memBwSchema && !host.mba) {
    error(
      `${path}.memBwSchema`,
      "intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled",
    );
  }
};
