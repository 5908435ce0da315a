/**
 * The hooks of config.json: programs that are run at points of a container's life.
 *
 * | kind | when | where, and who runs it |
 * | --- | --- | --- |
 * | prestart, createRuntime | all is mounted, before pivot_root | on the host, by runt |
 * | createContainer | then | in the container, host's files still in sight, by its process |
 * | startContainer | after `start`, before the program | in the container, by its process |
 * | poststart | after `start` | on the host, by runt |
 * | poststop | the container is gone | on the host, by runt |
 *
 * @module
 */
export { type ContainerHooks, containerHooks } from "./container_hooks.ts";
export { selfHooks } from "./self_hooks.ts";
export { runPoststart, runPoststop, runRuntimeHooks } from "./host_hooks.ts";
