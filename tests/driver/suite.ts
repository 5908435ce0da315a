/**
 * The suites of tests, in the order in which they run.
 *
 * @module
 */

/** A kind of tests that run alike. */
export interface Suite {
  readonly name: string;
  /** Files, or folders whose `*_test.ts` are meant; those that do not exist count as empty. */
  readonly paths: readonly string[];
  /** Below {@linkcode paths}, what belongs to another suite. */
  readonly except?: readonly string[];
  /** All files in one process, which is faster, or each in its own, so that one can hang or crash alone. */
  readonly together: boolean;
  /** Whether it runs the built executable. */
  readonly executable: boolean;
  /** After how many seconds a process is stopped. */
  readonly seconds: number;
  /** Whether a test that fails once, and then passes again and again, is no failure (`again.ts`). */
  readonly mayBeFlaky: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Suites of `deno test`. The guests have their own driver: `tests/guest/run.ts`. */
export const SUITES: readonly Suite[] = [
  {
    name: "unit",
    paths: ["ffi", "libcontainer", "cmd", "tools", "tests"],
    except: [
      "tests/integration",
      "tests/clients",
      "tests/security",
      "tests/guest/suite",
    ],
    together: true,
    executable: false,
    seconds: 300,
    mayBeFlaky: false,
  },
  {
    name: "integration",
    paths: ["tests/integration"],
    together: false,
    executable: true,
    seconds: 240,
    mayBeFlaky: true,
  },
  {
    // The same steps, run by runt itself in the container's process. Left out: what never gets there, what is
    // refused there, and what only the init image promises (its seals, a limit of 512 KiB).
    name: "integration-self",
    paths: ["tests/integration"],
    except: [
      "tests/integration/cli_output_test.ts",
      "tests/integration/cli_test.ts",
      "tests/integration/executable_test.ts",
      "tests/integration/host_mount_namespace_test.ts",
      "tests/integration/init_image_test.ts",
      "tests/integration/memory_limit_test.ts",
    ],
    together: false,
    executable: true,
    seconds: 240,
    mayBeFlaky: true,
    env: { RUNT_INIT: "self" },
  },
  {
    // A defence that holds most of the time is none.
    name: "security",
    paths: ["tests/security"],
    together: false,
    executable: true,
    seconds: 240,
    mayBeFlaky: false,
  },
  {
    name: "clients",
    paths: ["tests/clients"],
    together: false,
    executable: true,
    seconds: 300,
    mayBeFlaky: true,
  },
];

/**
 * The test files of a suite, sorted.
 *
 * @param repository the folder that the suite's paths are relative to, with a slash at its end
 */
export function listFiles({ paths, except = [] }: Suite, repository: string): string[] {
  const files: string[] = [];
  const visit = (path: string) => {
    if (except.includes(path)) return;
    if (/_test\.ts$/.test(path)) files.push(path);
    else if (isDirectory(`${repository}${path}`)) {
      for (const { name } of Deno.readDirSync(`${repository}${path}`)) {
        if (name !== "node_modules" && !name.startsWith(".")) visit(`${path}/${name}`);
      }
    }
  };
  paths.forEach(visit);
  return files.sort();
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
