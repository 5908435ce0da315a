/**
 * What runt can do, as the features structure of the runtime specification.
 *
 * Only what is true so far stands here: an engine that reads it must be able to rely on it. It says nothing of the
 * host (features.md: "SHOULD be determined on the compilation time of the runtime").
 *
 * @module
 */
import { knownMountOptions } from "../config/mount_options.ts";
import { knownMemoryPolicies } from "../config/process_attributes.ts";
import { NEWEST_ABI } from "../security/landlock/rights.ts";
import { LANDLOCK, RECEIVER } from "../spec/annotations.ts";
import { CAPABILITY_NAMES } from "../spec/capability_names.ts";
import { describeSeccomp, type SeccompFeatures } from "./seccomp.ts";

/** What the caller knows and the library does not. */
export interface BuildFacts {
  readonly version: string;
  readonly commit: string;
  /** Newest version of the runtime specification that is understood. */
  readonly specVersion: string;
}

/** The features structure, as far as runt fills it; keys in the order in which runc prints them. */
export interface Features {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly hooks: readonly string[];
  readonly mountOptions: readonly string[];
  readonly linux: {
    readonly namespaces: readonly string[];
    readonly capabilities: readonly string[];
    readonly cgroup: {
      readonly v1: boolean;
      readonly v2: boolean;
      readonly systemd: boolean;
      readonly systemdUser: boolean;
      readonly rdma: boolean;
    };
    readonly seccomp: SeccompFeatures;
    readonly apparmor: { readonly enabled: boolean };
    readonly selinux: { readonly enabled: boolean };
    readonly intelRdt: {
      readonly enabled: boolean;
      readonly schemata: boolean;
      readonly monitoring: boolean;
    };
    readonly memoryPolicy: { readonly modes: readonly string[]; readonly flags: readonly string[] };
    readonly mountExtensions: { readonly idmap: { readonly enabled: boolean } };
    readonly netDevices: { readonly enabled: boolean };
  };
  readonly annotations: Readonly<Record<string, string>>;
  readonly potentiallyUnsafeConfigAnnotations: readonly string[];
}

/** Describes this runtime. */
export function describeFeatures({ version, commit, specVersion }: BuildFacts): Features {
  return {
    ociVersionMin: "1.0.0",
    ociVersionMax: specVersion,
    hooks: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
    mountOptions: knownMountOptions(),
    linux: {
      namespaces: ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"],
      capabilities: CAPABILITY_NAMES.map((name) => `CAP_${name}`),
      cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
      seccomp: describeSeccomp(),
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      memoryPolicy: knownMemoryPolicies(),
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: {
      "io.github.runt.commit": commit,
      "io.github.runt.landlock.abi": String(NEWEST_ABI),
      "io.github.runt.version": version,
    },
    potentiallyUnsafeConfigAnnotations: [LANDLOCK, "org.systemd.property.", RECEIVER],
  };
}
