/**
 * The rules of the house (docs/architecture.md): who may import whom, what the hot path must not load, how long a
 * file may be, and that documents do not speak of files that are gone.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import lintPlugin from "../tools/lint_plugin.ts";
import {
  findCycles,
  listFiles,
  type Module,
  reachableFrom,
  readModules,
  ROOT,
} from "./support/module_graph.ts";

const MODULES = readModules();
const isTest = (path: string) => path.startsWith("tests/") || path.endsWith("_test.ts");
const PRODUCT: readonly Module[] = [...MODULES.values()].filter(({ path }) => {
  return !isTest(path) && !path.startsWith("tools/");
});

/**
 * What each folder of libcontainer/ may import of its neighbours, beside itself and the files that stand directly
 * in libcontainer/. What knows less stands higher.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  spec: [],
  validate: ["spec"],
  host: ["spec", "validate"],
  config: ["spec", "security"],
  dbus: [],
  security: ["spec", "config"],
  features: ["spec", "config", "security", "rootfs"],
  cgroups: ["spec", "config", "host", "dbus"],
  network: ["config"],
  rootfs: ["spec", "validate", "config", "host", "security"],
  hooks: ["spec", "config", "init", "process"],
  state: ["spec", "config", "process"],
  init: ["config", "rootfs", "security", "state", "process"],
  process: ["spec", "config", "init", "cgroups", "security"],
  lifecycle: [
    ...[
      "spec",
      "validate",
      "host",
      "config",
      "security",
      "cgroups",
      "rootfs",
      "hooks",
      "network",
      "state",
      "init",
      "process",
    ],
  ],
};

/** Folders that are pure: of ffi/ they may know the numbers, not the calls. */
const PURE = ["spec", "validate", "config"];

/** The import as it stands in a message. */
function arrow(path: string, target: string): string {
  return `${path} → ${target}`;
}

/** Why a module may not import another; undefined when it may. */
function objection(path: string, target: string): string | undefined {
  const [from, fromFolder] = path.split("/") as [string, string];
  const [to, toFolder] = target.split("/") as [string, string];
  if (isTest(target) || to === "tools") return "the product knows nothing of its tests and tools";
  if (from === "ffi" && to !== "ffi") return "ffi/ knows nothing of containers";
  if (from === "libcontainer" && !["libcontainer", "ffi"].includes(to)) {
    return "libcontainer/ knows nothing of commands";
  }
  if (from === "cmd" && to === "ffi") return "a command makes no system calls";
  if (from === "main.ts" && to !== "cmd") return "main.ts knows commands only";
  if (from !== "libcontainer") return undefined;
  if (
    to === "ffi" && PURE.includes(fromFolder) && !["constants", "errno.ts", "files.ts"].includes(toFolder)
  ) {
    return `libcontainer/${fromFolder}/ is pure`;
  }
  if (to !== "libcontainer" || toFolder.endsWith(".ts") || fromFolder === toFolder) return undefined;
  if (fromFolder.endsWith(".ts")) {
    return fromFolder === "mod.ts"
      ? undefined
      : "files directly in libcontainer/ are for all, so they need nobody";
  }
  if (MAY_IMPORT[fromFolder]?.includes(toFolder)) return undefined;
  return `libcontainer/${fromFolder}/ may not know libcontainer/${toFolder}/ (see the table in this test)`;
}

Deno.test("imports go one way: cmd, libcontainer, ffi, and inside libcontainer as the table says", () => {
  const wrong = PRODUCT.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) => {
      const why = MODULES.has(target) ? objection(path, target) : undefined;
      return why ? [`${arrow(path, target)}: ${why}`] : [];
    })
  );
  assertEquals(wrong, []);
});

Deno.test("no modules import one another in a circle", () => {
  assertEquals(findCycles(MODULES).map((cycle) => cycle.join(" → ")), []);
});

Deno.test("the hot commands load nothing but our own files", () => {
  const hot = /^cmd\/(create|start|run|state|kill|delete|exec|init)\.ts$/;
  const ways = reachableFrom("main.ts", MODULES, (_, target) => hot.test(target));
  const commands = [...ways.keys()].filter((path) => hot.test(path));
  assertEquals(
    commands.length,
    8,
    `main.ts should lead to the hot commands, but leads to ${commands.join(", ")}`,
  );
  const foreign = [...ways].filter(([target]) => !MODULES.has(target)).map(([, way]) => way.join(" → "));
  assertEquals(foreign, []);
  const cold = [...ways].filter(([target]) => /^(tests|tools)\/|_test\.ts$/.test(target)).map(([, way]) =>
    way.join(" → ")
  );
  assertEquals(cold, []);
});

Deno.test("our own lint rules find nothing", () => {
  const found = [...MODULES.values()].flatMap(({ path, text }) =>
    Deno.lint.runPlugin(lintPlugin, ROOT + path, text).map(({ id, message, range }) => {
      return `${path}:${text.slice(0, range[0]).split("\n").length}: ${id}: ${message}`;
    })
  );
  assertEquals(found, []);
});

/** Files that are long for a reason. */
const LONG: Record<string, string> = {
  "ffi/kernel.ts": "one interface: a line or two for each system call",
};

Deno.test("files stay short: 300 lines, and 400 at the very most", () => {
  const long = [...MODULES.values()].filter(({ path }) => !(path in LONG))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > 300);
  for (const { path, lines } of long) {
    Deno.stdout.writeSync(new TextEncoder().encode(`warning: ${path} has ${lines} lines: split it\n`));
  }
  assertEquals(long.filter(({ lines }) => lines > 400), []);
});

/** Tests of more than one file. */
const SPANNING = [
  "ffi/headers_test.ts",
  "ffi/structs/decode_test.ts",
  "ffi/structs/encode_test.ts",
  "libcontainer/spec/names_test.ts",
];

Deno.test("every unit test stands beside the file that it tests", () => {
  const lonely = listFiles(["cmd", "libcontainer", "ffi", "tools"], "_test.ts")
    .filter((path) => !MODULES.has(path.replace("_test.ts", ".ts")) && !SPANNING.includes(path));
  assertEquals(lonely, []);
});

Deno.test("no file is named after everything and nothing", () => {
  const vague = [...MODULES.keys()].filter((path) =>
    /(^|\/)(utils?|helpers?|misc|common|index)(\.ts$|\/)/.test(path)
  );
  assertEquals(vague, []);
});

Deno.test("every path that a document names is there", () => {
  const documents = [
    ...listFiles(["docs", "bundles"], ".md"),
    ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].filter((path) => exists(ROOT + path)),
  ];
  const missing = documents.flatMap((document) => {
    const folder = document.includes("/") ? document.slice(0, document.lastIndexOf("/") + 1) : "";
    return namedPaths(Deno.readTextFileSync(ROOT + document), folder)
      .filter((path) => !exists(ROOT + path)).map((path) => `${document} names ${path}`);
  });
  assertEquals(missing, []);
});

/** The project's paths that a text in Markdown names: in code that starts with one of our folders, or as a link. */
function namedPaths(text: string, folder: string): string[] {
  const inCode = /`((?:cmd|libcontainer|ffi|tests|tools|bundles|docs|\.ci)\/[\w./-]*)`/g;
  const links = /\]\((?!\w+:|#)([^)#\s]+)/g;
  return [
    ...[...text.matchAll(inCode)].map(([, path]) => path!),
    ...[...text.matchAll(links)].map(([, path]) => new URL(path!, `file:///${folder}`).pathname.slice(1)),
  ];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
