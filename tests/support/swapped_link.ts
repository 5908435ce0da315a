/**
 * A directory that is a link every other moment, for attacks on those who look first and act later.
 *
 * @module
 */

/** Swaps a directory and a link for each other until it is disposed. */
export class SwappedLink implements Disposable {
  readonly #child: Deno.ChildProcess;

  /**
   * @param directory where it happens
   * @param name what is a directory and a link in turns
   * @param target what the link says
   */
  constructor(directory: string, name: string, target: string) {
    Deno.mkdirSync(`${directory}/${name}`, { recursive: true });
    Deno.symlinkSync(target, `${directory}/.link`);
    const script = `cd "$0" && trap exit TERM && while :; do
      mv -T "$1" .directory && mv -T .link "$1"
      mv -T "$1" .link && mv -T .directory "$1"
    done`;
    this.#child = new Deno.Command("sh", {
      args: ["-c", script, directory, name],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGTERM");
  }
}
