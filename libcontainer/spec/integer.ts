/**
 * 64-bit integers of config.json.
 *
 * @module
 */

/**
 * A signed 64-bit integer. It is a `bigint` only where a `number` could not hold it exactly
 * (beyond ±(2^53 - 1)); `<`, `>`, `==`, `String()` and `BigInt()` work on both.
 */
export type Int64 = number | bigint;

/** An unsigned 64-bit integer, such as 18446744073709551615 (`RLIM_INFINITY`). Held as {@linkcode Int64}. */
export type Uint64 = number | bigint;
