import { memberPath } from "../spec/problem.ts";
import type { Check } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** `linux.timeOffsets`, time_namespaces(7). runc's texts for the namespace. */
export const checkTimeOffsets: Check = ({ spec, error }) => {
  const path = "linux.timeOffsets";
  const offsets = spec.linux!.timeOffsets!;
  const clocks = Object.keys(offsets);
  if (clocks.length === 0) return;
  const namespace = namespaceOf(spec, "time");
  if (namespace === undefined) {
    error(path, "time namespace offsets specified, but time namespace isn't enabled in the config");
  } else if (namespace.path) {
    error(
      path,
      "time namespace enabled, but both namespace path and time offsets specified -- you may only provide one",
    );
  }
  for (const clock of clocks) {
    if (clock !== "monotonic" && clock !== "boottime") {
      error(memberPath(path, clock), "has no offset: only monotonic and boottime have");
    } else if ((offsets[clock]!.nanosecs ?? 0) > 999_999_999) {
      error(`${path}.${clock}.nanosecs`, "must be less than a second");
    }
  }
};
