/**
 * The command line of the built executable beside runc's: the same arguments to both, and what must be the same is
 * compared. Needs no privileges.
 *
 * runc's texts moved a little between its versions; what is compared here holds from 1.1 to 1.5.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Outcome, run, RUNT } from "../support/runtime.ts";
import { assertSameFailure, inDirectory, runBoth } from "../support/side_by_side.ts";

const MISTAKES: readonly (readonly string[])[] = [
  ["nosuch"],
  ["help", "nosuch"],
  ["exe"],
  ["create", "--nosuch"],
  ["create", "---bundle"],
  ["create", "-=x"],
  ["create", "--detach", "c1"],
  ["create", "-b"],
  ["create"],
  ["create", "a", "b"],
  ["run"],
  ["run", "--detach=maybe", "c1"],
  ["run", "--preserve-fds", "x", "c1"],
  ["run", "--preserve-fds=", "c1"],
  ["start"],
  ["start", "a", "b"],
  ["state"],
  ["state", "a", "b"],
  ["delete"],
  ["delete", "a", "b"],
  ["kill"],
  ["kill", "a", "TERM", "x"],
  ["ps"],
  ["ps", "--nosuch", "x"],
  ["ps", "-ef", "x"],
  ["ps", "-f"],
  ["pause"],
  ["pause", "a", "b"],
  ["pause", "--force", "x"],
  ["resume"],
  ["resume", "a", "b"],
  ["events"],
  ["events", "a", "b"],
  ["events", "--interval", "x", "a"],
  ["events", "--interval=", "a"],
  ["events", "--interval", "5", "a"],
  ["events", "--nosuch", "a"],
  ["update"],
  ["update", "a", "b"],
  ["update", "--nosuch", "a"],
  ["update", "--pids-limit", "x", "a"],
  ["update", "--blkio-weight=", "a"],
  ["list", "x"],
  ["list", "-f", "xml"],
  ["list", "-qf"],
  ["spec", "x"],
  ["--nosuch", "list"],
  ["--debug=maybe", "list"],
  ["--log-format", "xml", "list"],
];

for (const args of MISTAKES) {
  const title = `fails as runc does: ${args.join(" ")}`;
  Deno.test(
    title,
    inDirectory((directory) => {
      const both = runBoth(directory, args);
      assertSameFailure(both, title);
      const heading = (outcome: Outcome) => outcome.stdout.split("\n")[0];
      assertEquals(heading(both.runt), heading(both.runc), title);
    }),
  );
}

const MISSING: readonly (readonly string[])[] = [
  ["state", "nosuch"],
  ["state", "--", "nosuch"],
  ["state", "-"],
  ["start", "nosuch"],
  ["kill", "nosuch"],
  ["kill", "nosuch", "KILL"],
  ["kill", "--all", "nosuch", "9"],
  ["kill", "nosuch", "-9"],
  ["delete", "nosuch"],
  ["state", "help"],
  ["events", "nosuch"],
  ["events", "--stats", "nosuch"],
  ["update", "nosuch"],
  ["update", "--memory", "1x", "nosuch"],
  ["pause", "nosuch"],
  ["resume", "nosuch"],
  ["ps", "nosuch"],
  ["ps", "-f", "xml", "nosuch"],
  ["ps", "nosuch", "-f", "json"],
];

for (const args of MISSING) {
  const title = `says of a container that is not there what runc says: ${args.join(" ")}`;
  Deno.test(title, inDirectory((directory) => assertSameFailure(runBoth(directory, args), title)));
}

for (const id of ["../x", "a/b", "a b", "..", ".", "a:b", "é", "a\nb", "/", "a%2f"]) {
  for (const command of ["state", "start", "kill", "delete", "pause", "resume", "ps", "update", "events"]) {
    const title = `${command} refuses the id ${JSON.stringify(id)} as runc does`;
    Deno.test(title, inDirectory((directory) => assertSameFailure(runBoth(directory, [command, id]), title)));
  }
}

Deno.test(
  "an empty id is refused",
  inDirectory((directory) => {
    assertSameFailure(runBoth(directory, ["state", ""]), "an empty id");
  }),
);

Deno.test(
  "delete --force of a container that is not there succeeds without a word, wherever the flag stands",
  inDirectory((directory) => {
    for (const args of [["delete", "--force", "x"], ["delete", "-f", "x"], ["delete", "x", "--force"]]) {
      const { runt, runc } = runBoth(directory, args);
      assertEquals(runt, runc);
      assertEquals(runt, { code: 0, stdout: "", stderr: "" });
    }
  }),
);

const HELPS: readonly (readonly string[])[] = [
  [],
  [""],
  ["--help"],
  ["-h"],
  ["help"],
  ["h"],
  ...[
    "create",
    "start",
    "run",
    "state",
    "kill",
    "delete",
    "list",
    "ps",
    "pause",
    "resume",
    "spec",
    "features",
  ].flatMap((
    name,
  ) => [
    ["help", name],
    [name, "--help"],
    [name, "-h"],
  ]),
  ["state", "x", "--help"],
];

for (const args of HELPS) {
  const title = `explains where runc explains: ${JSON.stringify(args)}`;
  Deno.test(
    title,
    inDirectory((directory) => {
      const { runt, runc } = runBoth(directory, args);
      if (args[0] === "features" && runc.code !== 0) return;
      assertEquals([runt.code, runt.stderr], [runc.code, runc.stderr], title);
      const start = (outcome: Outcome) =>
        outcome.stdout.replace(/^(NAME:\n {3})runc\b/, "$1runt").split(" - ")[0];
      assertEquals(start(runt), start(runc), title);
    }),
  );
}

for (
  const name of [
    "create",
    "start",
    "run",
    "state",
    "kill",
    "delete",
    "list",
    "ps",
    "pause",
    "resume",
    "update",
    "spec",
  ]
) {
  const title = `${name} knows every flag that runc's ${name} lists`;
  Deno.test(
    title,
    inDirectory((directory) => {
      const { runt, runc } = runBoth(directory, ["help", name]);
      const flags = (outcome: Outcome) => outcome.stdout.match(/^ {3}--[a-z-]+(?: \w+)?(?:, -\w)?/gm) ?? [];
      const names = (outcome: Outcome) => flags(outcome).map((text) => /--([a-z-]+)/.exec(text)![1]!);
      const missing = names(runc).filter((flag) => !names(runt).includes(flag));
      assertEquals(missing, [], title);
    }),
  );
}

Deno.test(
  "all global flags of runc are understood, before the command and among its own",
  inDirectory((directory) => {
    const flags = [
      ["--debug"],
      ["--log", "log"],
      ["--log-format", "json"],
      ["--root", "root"],
      ["--rootless", "auto"],
      ["--criu", "criu"],
    ];
    for (const flag of flags) {
      const root = flag[0] === "--root" ? [] : ["--root", "root"];
      for (const args of [[...root, ...flag, "list"], [...root, "list", ...flag]]) {
        const { code, stderr } = run(RUNT, args, { cwd: directory });
        assertEquals([code, stderr], [0, ""], args.join(" "));
      }
    }
  }),
);

Deno.test(
  "commands of runc that are still to come say so",
  inDirectory((directory) => {
    for (const name of ["checkpoint", "restore"]) {
      const { code, stderr } = run(RUNT, [name, "x"], { cwd: directory });
      assertEquals(code, 3);
      assertStringIncludes(stderr, `No help topic for '${name}'`);
      assertStringIncludes(stderr, "does not have this command of runc yet");
    }
  }),
);

Deno.test(
  "a bundle that is not there fails as in runc, and leaves nothing behind",
  inDirectory((directory) => {
    for (
      const args of [["create", "c1"], ["create", "--bundle", "/nonexistent", "c1"], [
        "run",
        "-b",
        "nope",
        "c1",
      ]]
    ) {
      const { runt, runc } = runBoth(directory, args);
      assertEquals([runt.code, runc.code], [1, 1]);
      assertStringIncludes(runt.stderr, `runt ${args[0]} failed: `);
      assertEquals([...Deno.readDirSync(`${directory}/root`)], []);
    }
  }),
);

Deno.test(
  "the host's root is refused as --root",
  inDirectory((directory) => {
    for (const root of ["/", "/tmp/..", "../".repeat(50)]) {
      const { code, stderr } = run(RUNT, ["--root", root, "list"], { cwd: directory });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "Option --root argument should not be set to /");
    }
  }),
);
