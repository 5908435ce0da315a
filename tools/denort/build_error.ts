/** A failure of the build that a person can act on: printed as its message, without a stack. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}
