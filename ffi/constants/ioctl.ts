/**
 * Requests of ioctl(2): terminals (ioctl_tty(2)) and network interfaces (netdevice(7)); asm-generic/ioctls.h,
 * linux/sockios.h, linux/if.h.
 *
 * @module
 */

/** Modes of a terminal: read, set at once. */
export const TCGETS = 0x5401;
export const TCSETS = 0x5402;
export const TIOCSCTTY = 0x540e;
export const TIOCGWINSZ = 0x5413;
export const TIOCSWINSZ = 0x5414;
/** Number of the pseudoterminal behind a master. */
export const TIOCGPTN = 0x80045430;
/** Unlocks the other side of a master. */
export const TIOCSPTLCK = 0x40045431;
/** Opens the other side of a master without a path. */
export const TIOCGPTPEER = 0x5441;

export const SIOCGIFFLAGS = 0x8913;
export const SIOCSIFFLAGS = 0x8914;
export const IFF_UP = 1;

/** The user namespace that owns a namespace (ioctl_ns(2)). */
export const NS_GET_USERNS = 0xb701;
/** The kind of a namespace as `CLONE_NEW*`. */
export const NS_GET_NSTYPE = 0xb703;
