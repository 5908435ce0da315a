/** Highest CPU or node number in a list; runc's limit, so that a typing mistake makes no huge mask. */
const HIGHEST = 64 * 1024;

/**
 * What is wrong with a list of CPUs or memory nodes such as `0-3,7`.
 *
 * @returns undefined when nothing is, or the list is empty
 */
export function objectionToList(list: string): string | undefined {
  if (list === "") return undefined;
  let members = 0;
  for (const range of list.split(",").map((range) => range.trim())) {
    if (range === "") continue; // runc permits these
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    if (first === undefined || Number(first) > Number(last)) return `invalid range: ${range}`;
    if (Number(last) > HIGHEST) return `values larger than ${HIGHEST} are not supported`;
    members++;
  }
  return members > 0 ? undefined : `no members found in set ${JSON.stringify(list)}`;
}
