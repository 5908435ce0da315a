import type { Check } from "./issue.ts";
import { objectionToList } from "./number_list.ts";

/** The first two take no nodes, the third may, the others must have some; set_mempolicy(2). */
const MODES = "DEFAULT LOCAL PREFERRED BIND INTERLEAVE PREFERRED_MANY WEIGHTED_INTERLEAVE".split(" ");
const FLAGS = "NUMA_BALANCING RELATIVE_NODES STATIC_NODES".split(" ");

/** `linux.memoryPolicy`. runc's texts. */
export const checkMemoryPolicy: Check = ({ spec, error }) => {
  const path = "linux.memoryPolicy";
  const { mode, nodes = "", flags = [] } = spec.linux!.memoryPolicy!;
  const index = MODES.findIndex((name) => mode === `MPOL_${name}`);
  if (index < 0) error(`${path}.mode`, `invalid memory policy mode ${JSON.stringify(mode)}`);
  const what = objectionToList(nodes);
  if (what !== undefined) {
    error(`${path}.nodes`, `invalid memory policy nodes ${JSON.stringify(nodes)}: ${what}`);
  } else if (index >= 0 && index < 2 && nodes !== "") {
    error(`${path}.nodes`, `memory policy mode requires 0 nodes but got ${countOf(nodes)}`);
  } else if (index > 2 && nodes === "") {
    error(`${path}.nodes`, "memory policy mode requires at least one node but got 0");
  }
  for (let i = 0; i < flags.length; i++) {
    if (!FLAGS.some((name) => flags[i] === `MPOL_F_${name}`)) {
      error(`${path}.flags[${i}]`, `invalid memory policy flag ${JSON.stringify(flags[i])}`);
    }
  }
};

/** How many numbers a list such as `0-3,7` has. */
function countOf(list: string): number {
  let count = 0;
  for (const part of list.split(",")) {
    if (part.trim() === "") continue;
    const [first = 0, last = first] = part.split("-").map(Number);
    count += last - first + 1;
  }
  return count;
}
