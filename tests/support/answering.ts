import { type Lack, root } from "./needs.ts";
import { RUNT } from "./runtime.ts";

/** What a test of answers needs: self mode has none, and runc neither. */
export const ANSWERING: readonly Lack[] = [
  root,
  () => Deno.env.get("RUNT_INIT") === "self" ? "self mode has no answers" : undefined,
  () => RUNT.endsWith("/runc") ? "runc has no answers" : undefined,
];

/** For tests that take a minute in a guest, where the others show what differs. */
export const ANSWERING_OUTSIDE: readonly Lack[] = [
  ...ANSWERING,
  () => Deno.env.has("RUNT_GUEST") ? "takes too long in a guest" : undefined,
];
