import { assertEquals } from "@std/assert";
import { generateDocs } from "./generate_docs.ts";

const REPOSITORY = new URL("..", import.meta.url);

Deno.test("man pages and completion scripts are up to date", () => {
  for (const [path, text] of generateDocs()) {
    const message = `${path} is out of date: deno run -A tools/generate_docs.ts`;
    assertEquals(Deno.readTextFileSync(new URL(path, REPOSITORY)), text, message);
  }
});

Deno.test("docs/man and completions hold generated files only", () => {
  const generated = [...generateDocs().keys()];
  for (const directory of ["docs/man", "completions"]) {
    const present = [...Deno.readDirSync(new URL(directory, REPOSITORY))].map(({ name }) =>
      `${directory}/${name}`
    );
    assertEquals(present.sort(), generated.filter((path) => path.startsWith(`${directory}/`)).sort());
  }
});
