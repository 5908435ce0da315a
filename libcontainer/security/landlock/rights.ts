/**
 * What Landlock can forbid: the names that a config gives, and the version of the kernel's interface that brought each
 * (landlock(7), "VERSIONS").
 *
 * @module
 */
import * as landlock from "../../../ffi/constants/landlock.ts";

/** The newest version of the interface that is known here. */
export const NEWEST_ABI = 10;

/** A name's bit, and the version that brought it. */
export interface Right {
  readonly bit: number;
  readonly abi: number;
}

type Constant = keyof typeof landlock;

/** Rights by name: the constant's, without its prefix, in small letters. */
function table(prefix: string, byAbi: Readonly<Record<number, string>>): ReadonlyMap<string, Right> {
  return new Map(
    Object.entries(byAbi).flatMap(([abi, names]) =>
      names.split(" ").map((name): [string, Right] => {
        return [name, { bit: landlock[`${prefix}${name.toUpperCase()}` as Constant], abi: Number(abi) }];
      })
    ),
  );
}

/** What is done with files. */
export const FS_RIGHTS = table("LANDLOCK_ACCESS_FS_", {
  1: "execute write_file read_file read_dir remove_dir remove_file make_char make_dir make_reg make_sock make_fifo " +
    "make_block make_sym",
  2: "refer",
  3: "truncate",
  5: "ioctl_dev",
  9: "resolve_unix",
});

/** What is done with ports. */
export const NET_RIGHTS = table("LANDLOCK_ACCESS_NET_", {
  4: "bind_tcp connect_tcp",
  10: "bind_udp connect_send_udp",
});

/** What cannot reach out of the container any more. */
export const SCOPES = table("LANDLOCK_SCOPE_", { 6: "abstract_unix_socket signal" });

/** What is logged of denials. TSYNC, of version 8, is of no use to a process with one thread. */
export const LOG_FLAGS = table("LANDLOCK_RESTRICT_SELF_", {
  7: "log_same_exec_off log_new_exec_on log_subdomains_off",
});

/** The rights that mean something for what is no directory; a rule for such a thing may have no others. */
export const FILE_RIGHTS = ["execute", "write_file", "read_file", "truncate", "ioctl_dev", "resolve_unix"]
  .reduce((mask, name) => mask | FS_RIGHTS.get(name)!.bit, 0);
