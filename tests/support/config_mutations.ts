/**
 * Bundles' config.json, changed as their grammar permits and as it does not: what a mutation puts somewhere was mostly
 * seen under the same name elsewhere, so that much of it passes the parser and gets to the rules behind. Seeded, so
 * that a failure comes again.
 *
 * @module
 */

/** A number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** A sequence of numbers that a seed decides (xorshift32). */
export function seeded(seed: number): Random {
  let state = (seed * 2654435761 + 0x9e3779b9) >>> 0 || 1;
  return (below) => {
    state ^= state << 13, state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5, state >>>= 0;
    return state % below;
  };
}

// deno-lint-ignore no-explicit-any -- any JSON
type Json = any;
type Mutation = (holder: Json, key: string | number, random: Random, pool: Pool) => void;

/** What was seen under each name in all sources. */
type Pool = ReadonlyMap<string, readonly Json[]>;

const NUMBERS = [
  ...[0, -0, 1, -1, 2, 7, 8, 511, 1000, 1001, 4095, 65535, 65536, 0x7fffffff, 0x80000000, 4294967294],
  ...[4294967295, 4294967296, -2147483649, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e19, 1.5, 1e308, 1e-7],
];
const STRINGS = [
  ...[
    "",
    " ",
    "/",
    "//",
    ".",
    "..",
    "../..",
    "/../../etc",
    "a/../../b",
    "/proc/self/fd/7",
    "/proc",
    "/dev",
    "/sys",
  ],
  ...[
    "\0",
    "a\0b",
    "\n",
    "=",
    "A=",
    "=A",
    "A=B=C",
    "rbind",
    "ro",
    "idmap",
    "x".repeat(300),
    "ü",
    "\ud800",
    "\u2028",
  ],
  ...[
    "0",
    "-1",
    "4294967296",
    "RLIMIT_X",
    "CAP_",
    "pid",
    "user",
    "SCMP_ACT_KILL",
    "constructor",
    "__proto__",
  ],
  ...["net.ipv4.x", "kernel.shmmax", "user.max", "a:b:c", "[", "${x}", "%s%n", "\\", '"', "/x/".repeat(2000)],
];
const STRANGE: readonly (() => Json)[] = [
  ...[null, true, false, 0, -1, 1.5, "", "x"].map((value) => () => value),
  ...[() => [], () => ({}), () => [null], () => [[]], () => ({ a: 1 }), () => [[[[[[[[{}]]]]]]]]],
];

const MUTATIONS: readonly Mutation[] = [
  // What grammar permits: a value of that name from somewhere else. Listed more than once: it comes more often.
  ...new Array<Mutation>(5).fill((holder, key, random, pool) => {
    const seen = pool.get(String(key)) ?? [];
    if (seen.length) holder[key] = copy(seen[random(seen.length)]);
  }),
  (holder, key, random) => {
    const value = holder[key];
    if (typeof value === "number") holder[key] = NUMBERS[random(NUMBERS.length)];
    else if (typeof value === "string") holder[key] = STRINGS[random(STRINGS.length)];
    else if (typeof value === "boolean") holder[key] = !value;
    else if (Array.isArray(value)) value.reverse();
  },
  (holder, key, random) => {
    if (typeof holder[key] !== "string") return;
    const text = holder[key], at = random(text.length + 1), piece = STRINGS[random(STRINGS.length)]!;
    holder[key] = text.slice(0, at) + piece + text.slice(at + random(3));
  },
  (holder, key) => void (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]),
  (holder, key) => void (Array.isArray(holder) && holder.push(copy(holder[Number(key)]))),
  (holder, key, random, pool) => {
    const names = [...pool.keys()], name = names[random(names.length)]!, seen = pool.get(name)!;
    const target = Array.isArray(holder) ? holder[Number(key)] : holder;
    if (target && typeof target === "object" && !Array.isArray(target)) {
      target[name] = copy(seen[random(seen.length)]);
    }
  },
  (holder, key, random) => void (holder[key] = STRANGE[random(STRANGE.length)]!()),
  (holder, key, random) => {
    const value = holder[key];
    if (Array.isArray(value) && value.length && random(4) === 0) {
      while (value.length < 400) value.push(copy(value[random(value.length)]));
    }
  },
];

/** Makes mutated texts. */
export class ConfigMutator {
  readonly #pool: Pool;

  /** @param sources texts of config.json */
  constructor(readonly sources: readonly string[]) {
    const pool = new Map<string, Json[]>();
    for (const source of sources) gather(JSON.parse(source), pool);
    this.#pool = pool;
  }

  /** A text that a number decides. */
  mutate(seed: number): string {
    const random = seeded(seed), source = this.sources[random(this.sources.length)]!;
    const root = JSON.parse(source);
    for (let count = 1 + random(4); count > 0; count--) {
      const [holder, key] = pick(root, random);
      if (holder !== undefined) MUTATIONS[random(MUTATIONS.length)]!(holder, key, random, this.#pool);
    }
    const text = JSON.stringify(root);
    return random(12) === 0 ? garble(text, random) : text;
  }
}

function copy(value: Json): Json {
  return typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}

function gather(value: Json, pool: Map<string, Json[]>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (!pool.has(key)) pool.set(key, []);
    const seen = pool.get(key)!;
    if (seen.length < 20) seen.push(member);
    gather(member, pool);
  }
}

/** Some value by its holder and key; those near the top as likely as those in long lists. */
function pick(root: Json, random: Random): [Json, string | number] | [undefined, 0] {
  let holder = root;
  for (;;) {
    const keys = Object.keys(holder);
    if (!keys.length) return [undefined, 0];
    const key = keys[random(keys.length)]!, value = holder[key];
    const isLeaf = typeof value !== "object" || value === null || !Object.keys(value).length;
    if (isLeaf || random(5) === 0) return [holder, Array.isArray(holder) ? Number(key) : key];
    holder = value;
  }
}

/** Overwrites, drops or doubles a few characters. */
function garble(text: string, random: Random): string {
  for (let i = random(3); i >= 0; i--) {
    const at = random(text.length), end = at + random(6);
    const pieces = ['"', "{", "]", "null", "-1", "1e9", "\\", "\\u0000", "", "/*", text.slice(at, end + 9)];
    text = text.slice(0, at) + pieces[random(pieces.length)] + text.slice(end);
  }
  return text;
}
