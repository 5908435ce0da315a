/** Whether a container does without a hierarchy that it may not use: those that only keep track of processes. */
export function isOptional(controller: string): boolean {
  return controller === "" || controller === "misc" || controller === "name=systemd";
}
