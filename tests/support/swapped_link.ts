/**
 * A directory that is a link every other moment, for attacks on those who look first and act later.
 *
 * @module
 */

/** Swaps a directory and a link for each other until it is disposed. Needs perl. */
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
    // renameat2(2) with RENAME_EXCHANGE: at no moment is there neither. perl is on every Debian.
    const number = Deno.build.arch === "aarch64" ? 276 : 316;
    const script = `my ($at, $a, $b) = (-100, $ARGV[0], ".link");
      while (1) { syscall(${number}, $at, $a, $at, $b, 2); select(undef, undef, undef, 0.0003) }`;
    this.#child = new Deno.Command("perl", {
      args: ["-e", script, name],
      cwd: directory,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  [Symbol.dispose](): void {
    this.#child.kill("SIGKILL");
  }
}
