/**
 * Text as Go's standard library writes it, since clients read runc's output byte by byte.
 *
 * @module
 */

/** Quotes as `%q` does. */
export function quoteAsGo(text: string): string {
  // Compiling the tables of Unicode below costs more than all else that a plain error line needs.
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text.replace(/["\\]/g, "\\$&")}"`;
  // Of blanks only the usual one is printed, and nothing that turns the direction of what follows it.
  return `"${text.replace(/["\\]|(?! )[\p{C}\p{Z}]/gu, escape)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function escape(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short) return short;
  const code = character.codePointAt(0)!;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/**
 * JSON as encoding/json writes it: HTML's characters and the two line separators are escaped.
 *
 * @param indent what one level is indented by; nothing: all on one line
 */
export function jsonAsGo(value: unknown, indent?: string): string {
  const text = JSON.stringify(value, undefined, indent);
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : text;
}

/** A time as `time.RFC3339` has it, in the host's time zone and without a fraction. */
export function formatLocalTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const minutes = Math.abs(offset);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${local}${offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
