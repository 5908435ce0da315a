/**
 * Loads the slices of the executable: the parts of runt that hot commands do not need, which lie as text in memory
 * until they are asked for. Part of the executable's main slice; see `slices.ts` for how they are made.
 *
 * @module
 */

/** A module's exports. */
export type Exports = Record<string, unknown>;

/** Where a slice is, and what must be there before it runs. */
export interface SliceEntry {
  /** Where its text starts in the script. */
  readonly at: number;
  /** Specifiers that it requires: `node:…`, `runt:shared/…` (modules of the main slice), `runt:slice/…`. */
  readonly needs: readonly string[];
}

/** What the loader works with. */
export interface SliceSource {
  /** All slices by name. A function, so that the table costs nothing until one is loaded. */
  readonly slices: () => Readonly<Record<string, SliceEntry>>;
  /** Modules of the main slice that others share, so that there is one instance of each. */
  readonly shared: (name: string) => Exports | undefined;
  /** The text at a place of the script. */
  readonly readText: (at: number) => string;
  /** `import()` of a `node:` module. Given from outside: a script out of a code cache may not import by itself. */
  readonly importNode: (specifier: string) => Promise<Exports>;
}

type SliceFunction = (
  module: { exports: Exports },
  exports: Exports,
  require: (specifier: string) => Exports | undefined,
  load: (name: string) => Promise<Exports>,
) => void;

/** Makes the function that loads a slice by its name. Each is evaluated once. */
export function makeSliceLoader(source: SliceSource): (name: string) => Promise<Exports> {
  const loaded = new Map<string, Promise<Exports>>();
  const load = (name: string): Promise<Exports> => {
    let slice = loaded.get(name);
    if (slice === undefined) loaded.set(name, slice = evaluate(name));
    return slice;
  };
  const resolve = (specifier: string): Promise<Exports> => {
    if (specifier.startsWith("runt:slice/")) return load(specifier.slice(11));
    const shared = specifier.startsWith("runt:shared/") && source.shared(specifier.slice(12));
    if (shared) return Promise.resolve(shared);
    return source.importNode(specifier);
  };
  const evaluate = async (name: string): Promise<Exports> => {
    const entry = source.slices()[name];
    if (entry === undefined) throw new TypeError(`Cannot load "${name}": the executable has no such slice`);
    const required = new Map<string, Exports>();
    for (const specifier of entry.needs) required.set(specifier, asModule(await resolve(specifier)));
    const module = { exports: {} as Exports };
    const run: SliceFunction = (0, eval)(source.readText(entry.at));
    run(module, module.exports, (specifier) => required.get(specifier), load);
    return module.exports;
  };
  return load;
}

/** A namespace as what `require` gives: marked, so that its default export stays where it is. */
function asModule(namespace: Exports): Exports {
  return namespace.__esModule ? namespace : new Proxy(namespace, {
    get: (target, key) => key === "__esModule" || Reflect.get(target, key),
  });
}
