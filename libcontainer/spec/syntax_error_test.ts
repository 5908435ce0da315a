import { assert, assertEquals } from "@std/assert";
import { locateSyntaxError } from "./syntax_error.ts";

function errorOf(text: string): string | undefined {
  const problem = locateSyntaxError(text);
  return problem && `${problem.line}:${problem.column} ${problem.message}`;
}

Deno.test("locateSyntaxError() says where and what", () => {
  const cases: [string, string][] = [
    ["", "1:1 unexpected end of file, expected a value"],
    ["{", '1:2 unexpected end of file, expected a name in double quotes or "}"'],
    ['{"a":1,}', '1:8 expected a name in double quotes, found "}" after a comma'],
    ["[1,\n]", '2:1 expected a value, found "]" after a comma'],
    ['{"a" 1}', '1:6 expected ":", found "1"'],
    ['{"a":tru}', '1:6 expected a value, found "tru"'],
    ['{"a":NaN}', '1:6 expected a value, found "NaN"'],
    ['{"a":01}', '1:6 expected a value, found "01"'],
    ['{\n "a": "x\n"}', "2:7 string is not closed on its line"],
    ['"abc', "1:1 string is not closed"],
    ['"\t"', "1:2 control character in a string is not escaped"],
    ['{"a":"\\q"}', "1:7 unknown escape in a string"],
    ["{'a':1}", '1:2 expected a name in double quotes or "}", found "\'"'],
    ["// x\n{}", '1:1 expected a value, found "/"'],
    ['{"a":[1 2]}', '1:9 expected "," or "]", found "2"'],
    ['{"a":1} x', '1:9 expected the end of the file, found "x"'],
    ['{"a":1}}', '1:8 expected the end of the file, found "}"'],
    ['{"é😀":x}', '1:7 expected a value, found "x"'],
  ];
  for (const [text, expected] of cases) assertEquals(errorOf(text), expected, text);
});

Deno.test("locateSyntaxError() agrees with JSON.parse on what is JSON", () => {
  const base = '{"a":[1,-2.5e+3,true,null,"\\u00e9\\n"],"b":{"c":{},"d":[]}}';
  const alphabet = '{}[]",:0.-+eE\\utnx \n';
  let valid = 0, invalid = 0;
  for (let at = 0; at < base.length; at++) {
    for (const char of [...alphabet, ""]) {
      const text = base.slice(0, at) + char + base.slice(at + 1);
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      assertEquals(locateSyntaxError(text) === undefined, parses, text);
      parses ? valid++ : invalid++;
    }
  }
  assert(valid > 50 && invalid > 500);
});
