/**
 * Values in GVariant's text format, as annotations have them: `uint64 5`, `'text'`, `true`, `['a', 'b']`, `@au [1]`, `<1>`,
 * `{'a': 1}`, `b'bytes'`. As much of it as runc takes; there are no tuples.
 *
 * @see https://docs.gtk.org/glib/gvariant-text-format.html
 * @module
 */
import { splitSignature, type Value, type Variant } from "../../dbus/value.ts";

const TYPES: Readonly<Record<string, string>> = {
  boolean: "b",
  byte: "y",
  int16: "n",
  uint16: "q",
  int32: "i",
  uint32: "u",
  int64: "x",
  uint64: "t",
  double: "d",
  string: "s",
  objectpath: "o",
  signature: "g",
};
const BITS: Readonly<Record<string, number>> = { y: 8, n: 16, q: 16, i: 32, u: 32, x: 64, t: 64 };
const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "\n": "",
};

const TOKEN =
  /\s*(?:(?<text>b?(?<quote>['"])(?:\\[^]|(?!\k<quote>)[^\\])*\k<quote>)|(?<number>[+-]?(?:0x[\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?![A-Za-z]))|@(?<signature>\S+)|(?<word>[a-z][a-z\d]*)|(?<mark>[\[\]{}<>:,]))/y;

/** What was read before its type is known. */
type Node =
  | { readonly kind: "number" | "string" | "bytes" | "bool"; readonly text: string; readonly type?: string }
  | { readonly kind: "variant"; readonly inner: Node; readonly type?: string }
  | { readonly kind: "array"; readonly items: readonly Node[]; readonly type?: string }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [Node, Node])[]; readonly type?: string };

/**
 * Reads a value.
 *
 * @throws {SyntaxError} for what is none
 */
export function parseVariant(text: string): Variant {
  const parser = new Parser(text), node = parser.node(), signature = infer(node);
  parser.end();
  return { signature, value: valueOf(node, signature) };
}

class Parser {
  #at = 0;

  constructor(readonly text: string) {}

  node(type?: string): Node {
    const { text, number, signature, word, mark } = this.#next(), known = type === undefined ? {} : { type };
    if (number !== undefined) return { kind: "number", text: number, ...known };
    if (text !== undefined) {
      return text.startsWith("b")
        ? { kind: "bytes", text: text.slice(2, -1), ...known }
        : { kind: "string", text: text.slice(1, -1), ...known };
    }
    if (word === "true" || word === "false") return { kind: "bool", text: word, ...known };
    const annotated = signature ?? (word === undefined ? undefined : TYPES[word]);
    if (annotated !== undefined && type === undefined && isOneType(annotated)) return this.node(annotated);
    if (mark === "<") {
      const inner = this.node();
      this.#expect(">");
      return { kind: "variant", inner, ...known };
    }
    if (mark === "[") return { kind: "array", items: this.#list("]", () => this.node()), ...known };
    if (mark !== "{") throw new SyntaxError(`unexpected ${JSON.stringify(this.#last)}`);
    const entries = this.#list("}", () => {
      const key = this.node();
      this.#expect(":");
      return [key, this.node()] as const;
    });
    return { kind: "dict", entries, ...known };
  }

  end(): void {
    const rest = this.text.slice(this.#at).trim();
    if (rest) throw new SyntaxError(`unexpected ${JSON.stringify(rest)}`);
  }

  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.#peek(close)) return items;
    for (;;) {
      items.push(item());
      if (this.#peek(close)) return items;
      this.#expect(",");
    }
  }

  #peek(mark: string): boolean {
    const before = this.#at;
    if (this.#next().mark === mark) return true;
    this.#at = before;
    return false;
  }

  #expect(mark: string): void {
    if (this.#next().mark !== mark) throw new SyntaxError(`unexpected ${JSON.stringify(this.#last)}`);
  }

  #last = "";

  #next(): Record<string, string | undefined> {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.text);
    if (!match) {
      const rest = this.text.slice(this.#at).trim();
      throw new SyntaxError(rest ? `unexpected ${JSON.stringify(rest)}` : "unexpected EOF");
    }
    this.#at = TOKEN.lastIndex;
    this.#last = match[0].trim();
    return match.groups!;
  }
}

function isOneType(signature: string): boolean {
  try {
    return splitSignature(signature).length === 1;
  } catch {
    return false;
  }
}

/** The type that a value has when nobody says: the first of its members that says one does so for all. */
function infer(node: Node): string {
  if (node.type !== undefined) return node.type;
  switch (node.kind) {
    case "number":
      return /^[+-]?0x/.test(node.text) || !/[.e]/i.test(node.text) ? "i" : "d";
    case "string":
      return "s";
    case "bytes":
      return "ay";
    case "bool":
      return "b";
    case "variant":
      return "v";
    case "array":
      return `a${common(node.items)}`;
    case "dict":
      return `a{${common(node.entries.map(([key]) => key))}${
        common(node.entries.map(([, value]) => value))
      }}`;
  }
}

function common(nodes: readonly Node[]): string {
  const said = nodes.find(({ type }) => type !== undefined) ?? nodes[0];
  if (!said) throw new SyntaxError("can't infer the type of what is empty");
  return infer(said);
}

function valueOf(node: Node, type: string): Value {
  const wrong = () => {
    return new SyntaxError(
      `can't parse ${JSON.stringify("text" in node ? node.text : node.kind)} as type "${type}"`,
    );
  };
  if (node.type !== undefined && node.type !== type) throw wrong();
  switch (node.kind) {
    case "number":
      return numberOf(node.text, type, wrong);
    case "string":
      if (!"sog".includes(type)) throw wrong();
      return unescape(node.text);
    case "bytes":
      if (type !== "ay") throw wrong();
      return new TextEncoder().encode(`${unescapeBytes(node.text)}\0`);
    case "bool":
      if (type !== "b") throw wrong();
      return node.text === "true";
    case "variant": {
      if (type !== "v") throw wrong();
      const signature = infer(node.inner);
      return { signature, value: valueOf(node.inner, signature) };
    }
    case "array":
      if (!type.startsWith("a") || type.startsWith("a{")) throw wrong();
      return node.items.map((item) => valueOf(item, type.slice(1)));
    case "dict": {
      if (!type.startsWith("a{")) throw wrong();
      const [key = "", value = ""] = splitSignature(type.slice(2, -1));
      return node.entries.map(([left, right]) => [valueOf(left, key), valueOf(right, value)]);
    }
  }
}

function numberOf(text: string, type: string, wrong: () => SyntaxError): Value {
  if (type === "d") return Number(text);
  const bits = BITS[type], [, sign = "", digits = ""] = /^([+-]?)(.+)$/.exec(text) ?? [];
  // As in C, a 0 in front says octal.
  const octal = /^0[0-7]+$/.test(digits);
  if (bits === undefined || !/^(0x[\da-fA-F]+|\d+)$/.test(digits) || /^0\d/.test(digits) && !octal) {
    throw wrong();
  }
  const size = BigInt(octal ? `0o${digits.slice(1)}` : digits), value = sign === "-" ? -size : size;
  const fits = "yqut".includes(type) ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
  if (fits !== value) throw wrong();
  return bits === 64 ? value : Number(value);
}

function unescape(text: string): string {
  return text.replace(/\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^])/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCodePoint(parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? escape;
  });
}

function unescapeBytes(text: string): string {
  return text.replace(/\\(x[\da-fA-F]{2}|[^])/g, (_, escape: string) => {
    if (escape.length > 1) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return ESCAPES[escape] ?? escape;
  });
}
