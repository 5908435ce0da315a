import { basename } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ProbeFault } from "./fault.ts";

/** Throws what only works when a slice has its imports and shares its classes. */
export async function raise(): Promise<never> {
  const { one } = new DatabaseSync(":memory:").prepare("SELECT 1 AS one").get() as { one: number };
  const { EOL } = await import("node:os");
  throw new ProbeFault(`${basename("/a/b")} ${one} ${EOL.length}`);
}
