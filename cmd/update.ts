import { decode } from "../libcontainer/spec/decode.ts";
import { problemsError } from "../libcontainer/spec/problem.ts";
import type { LinuxResources } from "../libcontainer/spec/resources.ts";
import { RESOURCES } from "../libcontainer/spec/schema.ts";
import type { Command } from "./_command.ts";
import { resourcesOf, UPDATE_FLAGS } from "./_resources.ts";

/** `runt update`: changes the limits of a container. */
export const updateCommand: Command<typeof UPDATE_FLAGS> = {
  name: "update",
  flags: UPDATE_FLAGS,
  aliases: { r: "resources" },
  operands: [1, 1],
  async run({ flags, operands, runtime }) {
    const { updateContainer } = await import("../libcontainer/lifecycle/update.ts");
    await updateContainer(runtime, operands[0]!, () => ({
      resources: flags.resources ? readResources(flags.resources) : resourcesOf(flags),
      l3CacheSchema: flags["l3-cache-schema"] ?? "",
      memBwSchema: flags["mem-bw-schema"] ?? "",
    }));
    return 0;
  },
};

/** Reads a file, or standard input for `-`. */
function readResources(path: string): LinuxResources {
  const name = path === "-" ? "standard input" : path;
  const { value, problems } = decode<LinuxResources>(
    path === "-" ? readStdin() : Deno.readTextFileSync(path),
    RESOURCES,
    name,
  );
  if (problems.length > 0) throw problemsError(problems, name);
  return value;
}

function readStdin(): string {
  const decoder = new TextDecoder(), buffer = new Uint8Array(65536);
  let text = "";
  for (let count; (count = Deno.stdin.readSync(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text + decoder.decode();
}
