import { RuntError } from "../error.ts";

/** An id becomes a file name, and no Linux file system takes a longer one (NAME_MAX). */
const MAX_LENGTH = 255;

/**
 * Checks a container id by runc's rules: one or more of `A-Z a-z 0-9 _ + - .`, and neither `.` nor `..`, since
 * the id is the name of a directory below the root. Ids longer than a file name may be are refused as well.
 *
 * @param id the id as given by the caller
 * @throws RuntError `invalid-id`, with runc's text
 */
export function validateId(id: string): void {
  if (id === "") throw new RuntError("invalid-id", "container id cannot be empty");
  const length = id.length;
  let valid = length <= MAX_LENGTH && id !== "." && id !== "..";
  for (let i = 0; valid && i < length; i++) {
    const c = id.charCodeAt(i);
    valid = c >= 97 && c <= 122 || // a-z
      c >= 65 && c <= 90 || // A-Z
      c >= 48 && c <= 57 || // 0-9
      c === 95 || c === 43 || c === 45 || c === 46; // _ + - .
  }
  if (!valid) throw new RuntError("invalid-id", "invalid container ID format", { hint: describeRule(id) });
}

function describeRule(id: string): string {
  if (id === "." || id === "..") return "the id names a directory that every directory has";
  if (id.length > MAX_LENGTH) return `the id is longer than ${MAX_LENGTH} characters`;
  return "an id is made of A-Z a-z 0-9 _ + - . only";
}
