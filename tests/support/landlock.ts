/**
 * Bundles whose annotation asks for Landlock.
 *
 * @module
 */
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { landlockVersion } from "../../libcontainer/lifecycle/landlock.ts";
import { type Bundle, type Config, makeBundle } from "./bundle.ts";
import type { Lack } from "./needs.ts";
import { type Outcome, RUNT, Runtime } from "./runtime.ts";

/** The annotation. */
export const NAME = "io.github.runt.landlock";
/** What this kernel has of Landlock. */
export const VERSION = Deno.build.arch === "x86_64" ? landlockVersion(new LocalKernel(openNative())) : 0;
/** Needs runt. */
export const isRunc: Lack = () => /runc/.test(RUNT) ? "needs runt: runc has no Landlock" : undefined;

/** A kernel with some version of Landlock. */
export function landlock(version: number): Lack {
  return () =>
    VERSION >= version ? undefined : `needs Landlock ${version}; this kernel has ${VERSION || "none"}`;
}

/** What a shell of busybox needs. */
export const SHELL = [
  { allowedAccess: ["execute", "read_file", "read_dir"], paths: ["/bin"] },
  { allowedAccess: ["read_file", "write_file"], paths: ["/dev/null"] },
];
/** A ruleset for files. */
export const FILES = {
  ruleset: {
    handledAccessFS: [
      "execute",
      "write_file",
      "read_file",
      "read_dir",
      "make_reg",
      "make_dir",
      "remove_file",
    ],
  },
  rules: {
    pathBeneath: [
      ...SHELL,
      { allowedAccess: ["read_file"], paths: ["/etc/passwd"] },
      { allowedAccess: ["write_file", "make_reg", "read_file", "read_dir"], paths: ["/tmp"] },
    ],
  },
};

/** A bundle that is restricted, whose program is a script. */
export function restricted(
  ruleset: unknown,
  script: string,
  change: (config: Config) => void = () => {},
): Bundle {
  return makeBundle((config) => {
    config.root.readonly = false;
    config.process.args = ["/bin/sh", "-c", script];
    config.annotations = { [NAME]: JSON.stringify(ruleset) };
    change(config);
  });
}

/** Runs such a bundle. */
export function runRestricted(
  ruleset: unknown,
  script: string,
  change?: (config: Config) => void,
  prepare: (bundle: Bundle) => void = () => {},
): Outcome {
  using bundle = restricted(ruleset, script, change), runtime = new Runtime();
  prepare(bundle);
  return runtime.run(bundle.directory);
}

/** What becomes of each attempt: `ok`, or why not. */
export const attempts = (commands: readonly string[]) =>
  commands.map((command) => `if (${command}) >/dev/null 2>&1; then echo ok; else echo no; fi`).join("; ");
