/**
 * The part of `@std/assert` that the tests use, on `node:assert`, for machines that do not reach JSR.
 * The import map names it `@std/assert`; see deno.json.
 *
 * @module
 */
import nodeAssert from "node:assert";

/** Fails unless `value` is truthy. */
export function assert(value: unknown, message?: string): asserts value {
  if (!value) throw new nodeAssert.AssertionError({ message: message ?? "Expected a truthy value" });
}

/** Fails unless `value` is falsy. */
export function assertFalse(value: unknown, message?: string): void {
  if (value) throw new nodeAssert.AssertionError({ message: message ?? "Expected a falsy value" });
}

/** Fails unless both are deeply and strictly equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Fails if both are deeply and strictly equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

/** Fails if `value` is null or undefined. */
export function assertExists<T>(value: T, message?: string): asserts value is NonNullable<T> {
  assert(value !== null && value !== undefined, message ?? "Expected a value");
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  assert(
    actual.includes(expected),
    `${message ?? "Missing text"}: ${JSON.stringify(expected)} in ${JSON.stringify(actual)}`,
  );
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  assert(expected.test(actual), `${message ?? "No match"}: ${expected} in ${JSON.stringify(actual)}`);
}

// deno-lint-ignore no-explicit-any -- a constructor of any shape
type ErrorClass<E extends Error> = new (...args: any[]) => E;

function checkError<E extends Error>(error: unknown, errorClass?: ErrorClass<E>, includes?: string): E {
  if (errorClass && !(error instanceof errorClass)) {
    throw new nodeAssert.AssertionError({ message: `Expected ${errorClass.name}, was: ${error}` });
  }
  if (includes !== undefined) assertStringIncludes((error as Error).message, includes, "Wrong error text");
  return error as E;
}

/** Fails unless `fn` throws; returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClass, includes);
  }
  throw new nodeAssert.AssertionError({ message: "Expected function to throw" });
}

/** Fails unless `fn` rejects; resolves to the error. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  includes?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkError(error, errorClass, includes);
  }
  throw new nodeAssert.AssertionError({ message: "Expected function to reject" });
}

/** Fails. */
export function fail(message?: string): never {
  throw new nodeAssert.AssertionError({ message: message ?? "Failed" });
}
