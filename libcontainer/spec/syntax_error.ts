/**
 * Where and why a text is not JSON. V8 tells the place only sometimes, so this reads the text again, and only
 * when it is known to be wrong.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259
 * @module
 */

/** A place in a text, counted from 1, and what is wrong there. */
export interface SyntaxProblem {
  readonly line: number;
  /** In characters. */
  readonly column: number;
  readonly message: string;
}

/**
 * Finds the first syntax error of a JSON text.
 *
 * @returns undefined when the text is valid JSON
 */
export function locateSyntaxError(text: string): SyntaxProblem | undefined {
  const closers: string[] = []; // of the arrays and objects that are open, innermost last
  let expected = "a value";
  for (let at = 0;;) {
    while (" \t\r\n".includes(text[at] ?? "x")) at++;
    const char = text[at] ?? "";
    const closer = closers.at(-1);
    if (closer !== undefined && char === closer && expected.includes(closer)) {
      closers.pop();
      at++;
      expected = afterValue(closers);
    } else if (expected.startsWith("a value")) {
      if (char === "{" || char === "[") {
        closers.push(char === "{" ? "}" : "]");
        expected = char === "{" ? 'a name in double quotes or "}"' : 'a value or "]"';
        at++;
        continue;
      }
      const end = char === '"' ? endOfString(text, at) : endOfWord(text, at);
      if (typeof end !== "number") return problem(text, end.at, end.message);
      if (end === at) return problem(text, at, unexpected(text, at, expected));
      at = end;
      expected = afterValue(closers);
    } else if (expected.startsWith("a name")) {
      if (char !== '"') return problem(text, at, unexpected(text, at, expected));
      const end = endOfString(text, at);
      if (typeof end !== "number") return problem(text, end.at, end.message);
      at = end;
      expected = '":"';
    } else if (char === ":" && expected === '":"') {
      at++;
      expected = "a value";
    } else if (char === "," && expected.startsWith('","')) {
      at++;
      expected = closer === "}" ? "a name in double quotes" : "a value";
    } else if (char === "" && closer === undefined) {
      return undefined;
    } else {
      return problem(text, at, unexpected(text, at, expected));
    }
  }
}

function afterValue(closers: readonly string[]): string {
  return closers.length === 0 ? "the end of the file" : `"," or "${closers.at(-1)}"`;
}

/** Index after the string that starts at `at`. */
function endOfString(text: string, at: number): number | { at: number; message: string } {
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"') return i + 1;
    if (char < " ") {
      return char === "\n" || char === "\r"
        ? { at, message: "string is not closed on its line" }
        : { at: i, message: "control character in a string is not escaped" };
    }
    if (char === "\\") {
      const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(i + 1, i + 6));
      if (escape === null) return { at: i, message: "unknown escape in a string" };
      i += escape[0].length;
    }
  }
  return { at, message: "string is not closed" };
}

/** Index after the number, true, false or null at `at`; `at` itself when there is none. */
function endOfWord(text: string, at: number): number {
  const word = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
  word.lastIndex = at;
  return word.test(text) ? word.lastIndex : at;
}

function unexpected(text: string, at: number, expected: string): string {
  if (at >= text.length) return `unexpected end of file, expected ${expected}`;
  const found = /^[\w.+-]{1,20}/.exec(text.slice(at, at + 20))?.[0] ??
    String.fromCodePoint(text.codePointAt(at)!);
  const comma = "}]".includes(found) && /,\s*$/.test(text.slice(Math.max(0, at - 200), at));
  return `expected ${expected}, found ${JSON.stringify(found)}${comma ? " after a comma" : ""}`;
}

function problem(text: string, at: number, message: string): SyntaxProblem {
  const before = text.slice(0, at);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(start)].length + 1, message };
}
