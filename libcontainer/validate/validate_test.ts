import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { changedSpec, errorsOf, hostFacts, warningsOf } from "../../tests/support/checked_spec.ts";
import { RuntError } from "../error.ts";
import { loadSpec } from "../spec/load.ts";
import type { HostFacts } from "./facts.ts";
import { assertValid, loadValidSpec, validateSpec } from "./validate.ts";

function withConfig(text: string, test: (bundle: string) => void): void {
  const bundle = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${bundle}/config.json`, text);
    test(bundle);
  } finally {
    Deno.removeSync(bundle, { recursive: true });
  }
}

function golden(name: string): string {
  return Deno.readTextFileSync(new URL(`../../tests/golden/spec/${name}`, import.meta.url));
}

Deno.test("validateSpec() has nothing against what runc spec writes", () => {
  assertEquals(errorsOf({}), []);
  assertEquals(warningsOf({}), []);
  assertEquals(errorsOf({ "process.terminal": true }), []);
});

Deno.test("validateSpec() has nothing against what podman writes", () => {
  for (const name of ["podman_default.json", "podman_seccomp.json"]) {
    withConfig(golden(name), (bundle) => {
      assertEquals(validateSpec(loadSpec(bundle), hostFacts()), { errors: [], warnings: [] });
    });
  }
});

Deno.test("validateSpec() asks the host for nothing that the config does not make matter", () => {
  const asked: PropertyKey[] = [];
  const facts = new Proxy({} as HostFacts, {
    get: (_target, key) => {
      asked.push(key);
      return undefined;
    },
  });
  validateSpec(changedSpec(), facts);
  assertEquals(asked, []);
});

Deno.test("assertValid() throws one error for all, in the order of the file", () => {
  const spec = changedSpec({
    "process.cwd": "tmp",
    "process.rlimits[0].type": "RLIMIT_X",
    root: undefined,
    "linux.namespaces[0].type": "pids",
  });
  const error = assertThrows(() => assertValid(spec, hostFacts()), RuntError);
  assertEquals([error.code, error.path], ["invalid-config", "process.cwd"]);
  assertEquals(error.message.split("\n"), [
    "config.json has 4 problems:",
    "process.cwd: Cwd must be an absolute path",
    "process.rlimits[0].type: wrong rlimit value: RLIMIT_X",
    "root: root must be specified",
    'linux.namespaces[0].type: namespace "pids" does not exist',
  ]);
});

Deno.test("what is empty, zero or false asks for nothing", () => {
  const nothing: Record<string, unknown> = {
    hooks: { prestart: [], poststop: [] },
    "process.apparmorProfile": "",
    "process.selinuxLabel": "",
    "process.execCPUAffinity": { initial: "" },
    "linux.mountLabel": "",
    "linux.netDevices": {},
    "linux.timeOffsets": {},
    "linux.resources.blockIO": { weight: 0, weightDevice: [] },
    "linux.resources.hugepageLimits": [],
    "linux.resources.network": { classID: 0, priorities: [] },
    "linux.resources.rdma": {},
    "linux.resources.unified": {},
    "mounts[0].uidMappings": [],
  };
  assertEquals(errorsOf(nothing), []);
});

Deno.test("assertValid() gives the warnings back where nothing is wrong", () => {
  const warnings = assertValid(changedSpec({ "mounts[0].destination": "proc" }), hostFacts());
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0]!.message, "mount destination proc is not absolute");
});

Deno.test("loadValidSpec() tells wrong types and broken rules together, and nothing twice", () => {
  withConfig(
    `{"ociVersion":"1.3.0","process":{"cwd":"x","args":"sh","env":[1]},"root":{"path":"r"},
      "linux":{"namespaces":[{"type":"mount"}]}}`,
    (bundle) => {
      const error = assertThrows(() => loadValidSpec(bundle, hostFacts()), RuntError);
      assertEquals(error.message.split("\n").slice(1), [
        "process.args: must be an array, not a string",
        "process.env[0]: must be a string, not a number",
        "process.cwd: Cwd must be an absolute path",
      ]);
    },
  );
});

Deno.test("loadValidSpec() draws no conclusions from namespaces that it could not read", () => {
  withConfig(JSON.stringify({ ...changedSpec(), linux: [] }), (bundle) => {
    const error = assertThrows(() => loadValidSpec(bundle, hostFacts()), RuntError);
    assertEquals(error.message, "linux: must be an object, not an array");
  });
});

Deno.test("loadValidSpec() never throws anything but RuntError, whatever is in the file", () => {
  const texts = [golden("podman_seccomp.json"), golden("example.json"), JSON.stringify(changedSpec())];
  const facts = hostFacts({
    isOwnNamespace: (_, path) => {
      throw new Error(`stat ${path}`);
    },
  });
  // A fixed sequence, so that a failure comes again (a linear congruential generator).
  let seed = 12345;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  let refused = 0, accepted = 0;
  for (let round = 0; round < 1500; round++) {
    const source = texts[round % texts.length]!;
    const text = round % 2 === 0 ? mutateText(source, random) : mutateValue(source, random);
    withConfig(text, (bundle) => {
      try {
        loadValidSpec(bundle, facts, { rootless: round % 3 === 0, systemdCgroup: round % 5 === 0 });
        accepted++;
      } catch (error) {
        assert(error instanceof RuntError, `${(error as Error).stack}\n${text}`);
        assert(error.message.length > 0 && !/undefined|\[object/.test(error.message), error.message);
        refused++;
      }
    });
  }
  assert(refused > 100 && accepted > 50, `${refused} refused, ${accepted} accepted`);
});

type Random = (below: number) => number;

/** Overwrites, drops or doubles a few characters. */
function mutateText(text: string, random: Random): string {
  for (let i = random(3); i >= 0; i--) {
    const at = random(text.length), end = at + random(6);
    const pieces = ['"', "{", "]", "null", "-1", "1e9", "\\", "\\u0000", "", text.slice(at, end + 9)];
    text = text.slice(0, at) + pieces[random(pieces.length)] + text.slice(end);
  }
  return text;
}

const STRANGE = [null, 0, -1, 1.5, 2 ** 53, 4294967295, "", "x", "/", "\0", true, [], {}, [null], [[]], {
  a: 1,
}];

/** Puts something strange in the place of a few values. */
function mutateValue(text: string, random: Random): string {
  const root = JSON.parse(text);
  for (let i = random(4); i >= 0; i--) {
    let at = root;
    for (;;) {
      const keys = Object.keys(at);
      if (keys.length === 0) break;
      const key = keys[random(keys.length)]!;
      if (typeof at[key] !== "object" || at[key] === null || random(5) === 0) {
        at[key] = STRANGE[random(STRANGE.length)];
        break;
      }
      at = at[key];
    }
  }
  return JSON.stringify(root);
}
