import { assertEquals } from "@std/assert";
import { listenFds, listenVariables } from "./listen_fds.ts";

const PID = 7;

function count(env: Record<string, string>): number {
  return listenFds((name) => env[name], PID);
}

Deno.test("sockets that were passed to this process are counted, others not", () => {
  assertEquals(count({ LISTEN_PID: "7", LISTEN_FDS: "2" }), 2);
  assertEquals(count({ LISTEN_PID: "+7", LISTEN_FDS: "2" }), 2);
  for (
    const env of [
      {},
      { LISTEN_FDS: "2" },
      { LISTEN_PID: "7" },
      { LISTEN_PID: "8", LISTEN_FDS: "2" },
      { LISTEN_PID: "7 ", LISTEN_FDS: "2" },
      { LISTEN_PID: "7", LISTEN_FDS: "" },
      { LISTEN_PID: "7", LISTEN_FDS: "x" },
      { LISTEN_PID: "7", LISTEN_FDS: "0" },
      { LISTEN_PID: "7", LISTEN_FDS: "-1" },
      { LISTEN_PID: "7", LISTEN_FDS: "99999999999999999999" },
    ]
  ) assertEquals(count(env as Record<string, string>), 0, JSON.stringify(env));
});

Deno.test("the program finds them as process 1", () => {
  assertEquals(listenVariables(2), ["LISTEN_FDS=2", "LISTEN_PID=1"]);
  assertEquals(listenVariables(0), []);
});
