/** How many threads a process has; 0 when it is gone. Deno has several, and an answer that is given before it starts has one. */
export function threadsOf(pid: number): number {
  try {
    return Array.from(Deno.readDirSync(`/proc/${pid}/task`)).length;
  } catch {
    return 0;
  }
}
