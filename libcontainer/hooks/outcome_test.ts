import { assertEquals } from "@std/assert";
import { CLD_DUMPED, CLD_EXITED, CLD_KILLED } from "../../ffi/constants/wait.ts";
import { hookError, type Outcome } from "./outcome.ts";

const hook = { path: "/bin/hook", timeout: 2 };

function textOf(part: Partial<Outcome>): string | undefined {
  const outcome: Outcome = {
    errno: 0,
    timedOut: false,
    code: CLD_EXITED,
    status: 0,
    output: () => ["out\n", "err\n"],
    ...part,
  };
  return hookError("poststart", 3, hook, outcome)?.message;
}

Deno.test("the end of a hook is told in runc's words", () => {
  const running = "error running poststart hook #3: ", wrote = ", stdout: out\n, stderr: err\n";
  assertEquals(textOf({}), undefined);
  assertEquals(textOf({ status: 3 }), `${running}exit status 3${wrote}`);
  assertEquals(textOf({ code: CLD_KILLED, status: 9 }), `${running}signal: killed${wrote}`);
  assertEquals(
    textOf({ code: CLD_DUMPED, status: 11 }),
    `${running}signal: segmentation fault (core dumped)${wrote}`,
  );
  assertEquals(textOf({ code: CLD_KILLED, status: 40 }), `${running}signal: signal 40${wrote}`);
  assertEquals(
    textOf({ timedOut: true, code: CLD_KILLED, status: 9 }),
    `${running}hook ran past specified timeout of 2.0s`,
  );
  assertEquals(textOf({ errno: 2 }), `${running}fork/exec /bin/hook: no such file or directory`);
});
