import { RuntError } from "../libcontainer/error.ts";

/**
 * Makes a path absolute and lexically clean, as Go's filepath.Abs does: no `.`, no `..`, no doubled slash. Nothing
 * is looked up, so `link/..` is the directory that holds the link.
 *
 * @param path a path, relative to the working directory unless it begins with a slash
 */
export function absolutePath(path: string): string {
  if (isClean(path)) return path;
  const parts: string[] = [];
  for (const part of anchoredPath(path).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/**
 * Puts the working directory before a relative path and leaves the rest to the kernel, for which `link/..` is
 * the parent of what the link points at.
 */
export function anchoredPath(path: string): string {
  if (path.startsWith("/")) return path;
  return path === "" ? workingDirectory() : `${workingDirectory()}/${path}`;
}

function workingDirectory(): string {
  try {
    return Deno.cwd();
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "no such file or directory"
      : (error as Error).message;
    throw new RuntError("io", `cannot tell the working directory: ${reason}`);
  }
}

/** The common case, without taking the path apart. */
function isClean(path: string): boolean {
  return path.startsWith("/") && path.length > 1 && !path.endsWith("/") && !path.includes("//") &&
    !path.includes("/.");
}
