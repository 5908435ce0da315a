import type { Check, CheckContext } from "./issue.ts";
import { namespaceOf } from "./namespace_of.ts";

/** Those that come last are not in every kernel that runt runs on. */
const TYPES: readonly string[] = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];
const FIRST_UNCERTAIN = 5;

/** `linux.namespaces`, and what works only inside one. Texts are runc's where it has one. */
export const checkNamespaces: Check = (context) => {
  const { spec, facts, error } = context;
  const namespaces = spec.linux?.namespaces ?? [];
  for (let i = 0; i < namespaces.length; i++) {
    const { type, path = "" } = namespaces[i]!;
    const at = `linux.namespaces[${i}]`;
    if (!TYPES.includes(type)) error(`${at}.type`, `namespace ${JSON.stringify(type)} does not exist`);
    else if (namespaces.findIndex((other) => other.type === type) < i) {
      error(`${at}.type`, `malformed spec file: duplicated ns ${JSON.stringify(type)}`);
    } else if (TYPES.indexOf(type) >= FIRST_UNCERTAIN && !facts.hasNamespace(type)) {
      error(`${at}.type`, `${type} namespaces aren't enabled in the kernel`);
    }
    if (path !== "" && !path.startsWith("/")) error(`${at}.path`, "must be an absolute path");
  }
  checkNames(context);
  checkHiddenPaths(context);
  checkTimeOffsets(context);
};

function checkNames({ spec, error }: CheckContext): void {
  for (const field of ["hostname", "domainname"] as const) {
    const name = spec[field] ?? "";
    if (name !== "" && namespaceOf(spec, "uts") === undefined) {
      error(field, `unable to set ${field} without a private UTS namespace`);
    }
    // __NEW_UTS_LEN. The first look spares the encoder where every character could have three bytes.
    if (name.length > 21 && new TextEncoder().encode(name).length > 64) {
      error(field, "must be at most 64 bytes long");
    }
  }
}

function checkHiddenPaths({ spec, error, warn }: CheckContext): void {
  for (const field of ["maskedPaths", "readonlyPaths"] as const) {
    const paths = spec.linux?.[field] ?? [];
    if (paths.length > 0 && namespaceOf(spec, "mount") === undefined) {
      error(`linux.${field}`, "unable to restrict sys entries without a private MNT namespace");
    }
    for (let i = 0; i < paths.length; i++) {
      if (!paths[i]!.startsWith("/")) {
        warn(`linux.${field}[${i}]`, `not an absolute path, taken as relative to /: ${paths[i]}`);
      }
    }
  }
}

function checkTimeOffsets({ spec, error }: CheckContext): void {
  const offsets = spec.linux?.timeOffsets ?? {};
  const clocks = Object.keys(offsets);
  if (clocks.length === 0) return;
  const path = "linux.timeOffsets";
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
      error(path, `clock ${JSON.stringify(clock)} has no offset: only monotonic and boottime have`);
    } else if ((offsets[clock]!.nanosecs ?? 0) > 999_999_999) {
      error(`${path}.${clock}.nanosecs`, "must be less than a second");
    }
  }
}
