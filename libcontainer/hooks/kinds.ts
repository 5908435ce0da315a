import type { Hook, Hooks } from "../spec/hooks.ts";

/** The hooks that later commands run; they must not depend on the bundle, which may be gone by then. */
export type LaterHooks = Pick<Hooks, "poststart" | "poststop">;

/** What of the hooks goes into the state file; undefined when nothing does. */
export function laterHooks(hooks: Hooks | undefined): LaterHooks | undefined {
  const poststart = hooks?.poststart ?? [], poststop = hooks?.poststop ?? [];
  if (!poststart.length && !poststop.length) return undefined;
  return { ...(poststart.length && { poststart }), ...(poststop.length && { poststop }) };
}

/** Whether `start` has more to do than to let the program go: hooks run then. */
export function needsStart(hooks: Hooks | undefined): boolean {
  return isAny(hooks?.startContainer) || isAny(hooks?.poststart);
}

/** Whether `delete` has hooks to run. */
export function needsDelete(hooks: Hooks | undefined): boolean {
  return isAny(hooks?.poststop);
}

function isAny(list: readonly Hook[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
