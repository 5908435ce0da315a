import { type Bundle, type Config, makeBundle } from "../support/bundle.ts";

/** Changes a base config to run a program; says a version that older runtimes know, too. */
export function running(args: readonly string[], change: (config: Config) => void = () => {}) {
  return (config: Config) => {
    config.ociVersion = "1.0.2";
    config.process.args = [...args];
    change(config);
  };
}

/** What `runc spec` writes, without a terminal, running a program of busybox's. */
export function makeBenchBundle(args: readonly string[]): Bundle {
  return makeBundle(running(args));
}
