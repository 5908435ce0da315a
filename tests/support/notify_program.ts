/**
 * A program that tells what `NOTIFY_SOCKET` leads to.
 *
 * @module
 */
import { runProgram } from "./tools.ts";

const NOTIFY = `
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(int argc, char **argv) {
  struct sockaddr_un to = { .sun_family = AF_UNIX };
  strncpy(to.sun_path, getenv("NOTIFY_SOCKET"), sizeof to.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  for (int i = 1; i < argc; i++) {
    for (char *c = argv[i]; *c; c++) if (*c == '%') *c = '\\n';
    if (sendto(fd, argv[i], strlen(argv[i]), MSG_DONTWAIT, (struct sockaddr *) &to, sizeof to) < 0) return 1;
  }
  return 0;
}`;

let compiled: Uint8Array | undefined;

/**
 * Makes `notify WORD…`, which needs no library: it sends each word as one message; `%` stands for a new line.
 *
 * @param path where to
 */
export function compileNotify(path: string): void {
  if (!compiled) {
    Deno.writeTextFileSync(`${path}.c`, NOTIFY);
    runProgram("gcc", ["-static", "-w", "-o", path, `${path}.c`]);
    Deno.removeSync(`${path}.c`);
    compiled = Deno.readFileSync(path);
  }
  Deno.writeFileSync(path, compiled, { mode: 0o755 });
}
