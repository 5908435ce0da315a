import { assertEquals, assertMatch } from "@std/assert";
import { formatLocalTime, jsonAsGo, quoteAsGo } from "./_go_format.ts";

Deno.test("quoteAsGo() escapes what %q escapes and nothing else", () => {
  assertEquals(quoteAsGo(`a"b\\c`), String.raw`"a\"b\\c"`);
  assertEquals(quoteAsGo("\x07\b\f\n\r\t\v"), String.raw`"\a\b\f\n\r\t\v"`);
  assertEquals(quoteAsGo("\0\x1b\x7f"), String.raw`"\x00\x1b\x7f"`);
  assertEquals(quoteAsGo("é 漢 😀 '"), `"é 漢 😀 '"`);
  assertEquals(quoteAsGo("\u0085\u00a0\u2028\ufeff"), String.raw`"\u0085\u00a0\u2028\ufeff"`);
  assertEquals(quoteAsGo("\u202e\u200b\u3000\u{e0001}"), String.raw`"\u202e\u200b\u3000\U000e0001"`);
});

Deno.test("jsonAsGo() escapes HTML's characters and line separators, also in keys", () => {
  assertEquals(jsonAsGo({ "<": "a&b>\u2028\u2029é" }), String.raw`{"\u003c":"a\u0026b\u003e\u2028\u2029é"}`);
  assertEquals(jsonAsGo([1, null], "  "), "[\n  1,\n  null\n]");
});

Deno.test("formatLocalTime() is a time of RFC 3339 without a fraction that names the same second", () => {
  const text = formatLocalTime(new Date("2026-07-02T03:04:05.678Z"));
  assertMatch(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/);
  assertEquals(new Date(text).toISOString(), "2026-07-02T03:04:05.000Z");
});
