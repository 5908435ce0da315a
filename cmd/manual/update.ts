import type { CommandManual } from "../_command.ts";
import type { updateCommand } from "../update.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt update`. */
export const updateManual: CommandManual<typeof updateCommand.flags> = {
  name: "update",
  summary: "change the limits of a container",
  operands: "<container-id>",
  description:
    `Changes the limits of a container. What is not named stays as it is; when one of the new limits is
refused, so does all else.

${CONTAINER_ID}

A file of limits has the form of linux.resources in config.json; with --resources all other options are
ignored:

    # echo '{"memory": {"limit": 67108864}, "cpu": {"shares": 512}}' | runt update --resources - web
    # runt update --memory 64m --cpu-share 512 web

Sizes are bytes, or have a unit: k, m, g, t, p for powers of 1024. -1 is no limit.`,
  aliases: { r: "resources" },
  flags: {
    resources: { value: "file", text: "file of limits to set, - for standard input" },
    "blkio-weight": { value: "weight", text: "weight for block I/O, 10 to 1000" },
    "cpu-period": { value: "us", text: "CPU period in microseconds" },
    "cpu-quota": { value: "us", text: "CPU time in each period in microseconds, -1 for no limit" },
    "cpu-burst": { value: "us", text: "unused CPU time that may be used later in microseconds" },
    "cpu-share": { value: "shares", text: "weight for CPU time, 2 to 262144" },
    "cpu-rt-period": { value: "us", text: "CPU period of realtime processes in microseconds" },
    "cpu-rt-runtime": { value: "us", text: "CPU time of realtime processes in each period in microseconds" },
    "cpuset-cpus": { value: "list", text: "CPUs to use, such as 0-3,7" },
    "cpuset-mems": { value: "list", text: "memory nodes to use" },
    "kernel-memory": { value: "size", text: "ignored: the kernel has no such limit any more", hidden: true },
    "kernel-memory-tcp": {
      value: "size",
      text: "ignored: the kernel has no such limit any more",
      hidden: true,
    },
    memory: { value: "size", text: "limit of memory" },
    "cpu-idle": { value: "0|1", text: "1 for CPU time that nobody else wants only" },
    "memory-reservation": { value: "size", text: "memory that is kept for it when memory is short" },
    "memory-swap": { value: "size", text: "limit of memory and swap together" },
    "pids-limit": { value: "n", text: "most processes and threads, -1 for no limit" },
    "l3-cache-schema": { value: "schema", text: "Intel RDT/CAT schema of the L3 cache" },
    "mem-bw-schema": { value: "schema", text: "Intel RDT/MBA schema of the memory bandwidth" },
  },
  takesContainer: true,
};
