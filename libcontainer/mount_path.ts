/** A path as `/proc/<pid>/mountinfo` has it, plain: space, tab, newline and backslash stand there as `\040` and so on. */
export function plainMountPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
