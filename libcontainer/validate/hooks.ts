import type { Hooks } from "../spec/hooks.ts";
import type { Check } from "./issue.ts";

const KINDS: readonly (keyof Hooks)[] = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
];

/** `hooks`: what the spec says MUST be; runc would only notice when it runs them. */
export const checkHooks: Check = ({ spec, error }) => {
  if (spec.hooks === undefined) return;
  for (const kind of KINDS) {
    const hooks = spec.hooks[kind] ?? [];
    for (let i = 0; i < hooks.length; i++) {
      const { path, timeout, env = [] } = hooks[i]!;
      const at = `hooks.${kind}[${i}]`;
      if (!path.startsWith("/")) error(`${at}.path`, "must be an absolute path");
      if (timeout !== undefined && timeout <= 0) {
        error(`${at}.timeout`, `must be greater than 0, not ${timeout}`);
      }
      for (let j = 0; j < env.length; j++) {
        if (env[j]!.indexOf("=") < 1) error(`${at}.env[${j}]`, "must be NAME=value");
      }
    }
  }
};
