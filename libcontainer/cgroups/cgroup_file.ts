/**
 * Reading and writing the files of a cgroup.
 *
 * A file is never created: in a cgroup that would only hide a missing controller behind EACCES.
 *
 * @module
 */
import { readTextFile, writeFile } from "../../ffi/files.ts";
import { EINVAL, ENOENT, errnoName } from "../../ffi/errno.ts";
import { RuntError } from "../error.ts";

/** A value for a file of a cgroup. */
export interface Setting {
  /** Name, such as `memory.max`. */
  readonly file: string;
  readonly value: string;
  /** Where in config.json, such as `linux.resources.memory.limit`. */
  readonly at: string;
  /** An errno that is no error: the kernel does not have the file, or knows better. */
  readonly ignore?: number;
  /**
   * When refused with EINVAL, tried again after the settings behind it: two files of which each new value is only
   * good with the other's.
   */
  readonly again?: boolean;
}

/**
 * A system call's error that Deno reported: its number, and text such as `EBUSY: device or resource busy`, in Go's case:
 * that is what clients look for.
 */
export interface SystemError {
  readonly errno: number;
  readonly text: string;
}

/** Finds out which errno a Deno call failed with; 0 when it was none. */
export function systemError(error: unknown): SystemError {
  const message = error instanceof Error ? error.message : String(error);
  const [, text, digits] = /^(.*) \(os error (\d+)\)/.exec(message) ?? [];
  const errno = Number(digits ?? 0);
  if (!errno || !text) return { errno, text: message };
  return { errno, text: `${errnoName(errno)}: ${text.charAt(0).toLowerCase()}${text.slice(1)}` };
}

/**
 * The text of a file of a cgroup.
 *
 * @throws {Error} Deno's, see {@linkcode systemError}
 */
export function readCgroupFile(dir: string, file: string): string {
  return readTextFile(`${dir}/${file}`);
}

/**
 * Writes to a file of a cgroup.
 *
 * @throws {Error} Deno's, see {@linkcode systemError}
 */
export function writeCgroupFile(dir: string, file: string, value: string): void {
  writeFile(`${dir}/${file}`, value, { create: false });
}

/** As {@linkcode writeCgroupFile}; false where that cannot be done. */
export function tryWriteCgroupFile(dir: string, file: string, value: string): boolean {
  try {
    writeCgroupFile(dir, file, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes settings in their order.
 *
 * @param dir the cgroup; undefined when this controller has none for the container
 * @param controller what the settings belong to, for the error
 * @throws {RuntError} for the first that the kernel refuses; those before it stay written
 */
export function applySettings(
  dir: string | undefined,
  controller: string,
  settings: readonly Setting[],
): void {
  if (!settings.length) return;
  if (dir === undefined) {
    const message = `cannot set ${controller} limit: container could not join or create cgroup`;
    throw new RuntError("unsupported", message, {
      path: settings[0]!.at,
      hint: `this host has no ${controller} controller, or it may not be used here`,
    });
  }
  const left: Setting[] = [];
  const write = (setting: Setting, last: boolean) => {
    try {
      writeCgroupFile(dir, setting.file, setting.value);
    } catch (error) {
      const { errno } = systemError(error);
      if (errno === setting.ignore) return;
      if (errno !== EINVAL || last || !setting.again) throw settingError(dir, setting, error);
      left.push(setting);
    }
  };
  settings.forEach((setting, i) => write(setting, i === settings.length - 1));
  for (const setting of left) write(setting, true);
}

/** What a user is told of a setting that the kernel refused. */
export function settingError(dir: string, { file, value, at }: Setting, cause: unknown): RuntError {
  const { errno, text } = systemError(cause);
  const hint = HINTS[errno];
  return new RuntError("kernel", `Cannot write "${value}" to ${dir}/${file}: ${text}`, {
    path: at,
    cause,
    ...(hint && { hint }),
  });
}

const HINTS: Readonly<Record<number, string>> = {
  1: "the cgroup above does not permit this, or privileges are missing",
  2: "the controller is not enabled for this cgroup, or this kernel does not have the file",
  13: "the caller has no write access to this cgroup",
  16: "what the container or a cgroup below it uses is in the way of this value",
  22: "the value is out of the kernel's range, or conflicts with the cgroup above or with another value",
  30: "cgroups are mounted read-only",
  34: "the value is out of the kernel's range",
};

/** Whether a cgroup has a file. */
export function cgroupFileExists(dir: string, file: string): boolean {
  try {
    Deno.lstatSync(`${dir}/${file}`);
    return true;
  } catch {
    return false;
  }
}

/** A number from a file of a cgroup, or undefined where there is no such file; `max` is infinity. */
export function readCgroupNumber(dir: string, file: string): number | undefined {
  try {
    const text = readCgroupFile(dir, file).trim();
    return text === "max" ? Infinity : Number(text);
  } catch (error) {
    if (systemError(error).errno === ENOENT) return undefined;
    throw error;
  }
}

/** The number behind `key` in a file of `key number` lines; 0 where it is not. */
export function readCgroupKey(dir: string, file: string, key: string): number {
  for (const line of readCgroupFile(dir, file).split("\n")) {
    if (line.startsWith(key + " ")) return Number(line.slice(key.length + 1));
  }
  return 0;
}

/** Does nothing for a time. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
