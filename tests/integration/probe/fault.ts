/** An error whose class two slices share. */
export class ProbeFault extends Error {
  override readonly name = "ProbeFault";
}
