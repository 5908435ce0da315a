import { memberPath } from "../../spec/problem.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

/** `linux.resources.unified`: files of cgroup v2 by their own names, each line written by itself. */
export function unified(files: NonNullable<LinuxResources["unified"]>): Setting[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const at = memberPath("linux.resources.unified", file);
    // The kernel takes one entry of a list, such as one device of io.max, with each write.
    const lines = text.includes("\n") ? text.split("\n").filter(Boolean) : [text];
    return lines.map((value) => ({ file, value, at }));
  });
}
