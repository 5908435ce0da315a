import { AT_EMPTY_PATH, O_CLOEXEC, O_NOCTTY, O_RDWR } from "../../ffi/constants/open.ts";
import { S_IFCHR, S_IFMT, STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { type Fd, type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import { RuntError } from "../error.ts";
import { O_LOOK, openWithoutLinks } from "./safe_path.ts";

/** `/dev/null` of a container that does not let anything be taken for it (CVE-2025-31133). */
export interface DevNull {
  /**
   * The device, `O_PATH`; known to be it after a flush.
   *
   * @throws {RuntError} when it is something else, or missing
   */
  verified(): Fd;
  /** The same, open for reading and writing. */
  verifiedOpen(): Fd;
}

/** Opens the container's `/dev/null`, and asks what it is. */
export function lookAtDevNull(kernel: Kernel, root: Fd, forUse: boolean): DevNull {
  return kernel.at({ step: "masks", what: '"/dev/null"' }, () => {
    const look = open(kernel, root, O_LOOK);
    const use = forUse ? open(kernel, root, O_RDWR | O_NOCTTY | O_CLOEXEC) : undefined;
    return { verified: () => verify(look), verifiedOpen: () => verify(use ?? look) };
  });
}

/** Puts standard streams on the container's `/dev/null`. */
export function reopenStreams(kernel: Kernel, devNull: DevNull, streams: readonly { fd: number }[]): void {
  kernel.at({ step: "masks", what: "standard streams on /dev/null" }, () => {
    const file = devNull.verifiedOpen();
    for (const { fd } of streams) kernel.dup3(file, fd, 0);
  });
}

interface Opened {
  readonly file: Result;
  readonly status: Out;
}

function open(kernel: Kernel, root: Fd, flags: number): Opened {
  const file = openWithoutLinks(kernel, root, "dev/null", flags, { accept: "any" }),
    status = new Out(STATX_SIZE);
  kernel.when(file, "ok", () => {
    kernel.statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
  });
  return { file, status };
}

function verify({ file, status }: Opened): Fd {
  const { mode, rdevMajor, rdevMinor } = decodeStatx(status);
  if (file.ok && (mode & S_IFMT) === S_IFCHR && rdevMajor === 1 && rdevMinor === 3) return file;
  const hint = file.errno === ENOENT ? "it is missing" : "it is a link, or another file";
  throw new RuntError("unsafe", "container's /dev/null is invalid", { hint });
}
