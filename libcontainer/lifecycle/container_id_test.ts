import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { validateId } from "./container_id.ts";

Deno.test("validateId() takes every character that runc takes", () => {
  for (const id of ["a", "A", "0", "_", "-", "+", ".a", "a.", "...", "a..b", "Az09_+-.", "x".repeat(255)]) {
    validateId(id);
  }
});

Deno.test("validateId() refuses what runc refuses, with runc's text", () => {
  assertEquals(assertThrows(() => validateId(""), RuntError).message, "container id cannot be empty");
  const bad = [
    ".",
    "..",
    "/",
    "a/b",
    "../a",
    "a b",
    "a\n",
    "a\0",
    "é",
    "a:b",
    "a@b",
    "a%b",
    "a\\b",
    "a*",
  ];
  for (const id of bad) {
    const error = assertThrows(() => validateId(id), RuntError);
    assertEquals([id, error.code, error.message], [id, "invalid-id", "invalid container ID format"]);
  }
});

Deno.test("validateId() refuses an id that cannot be a file name and says why", () => {
  const error = assertThrows(() => validateId("x".repeat(256)), RuntError);
  assertEquals(error.hint, "the id is longer than 255 characters");
});
