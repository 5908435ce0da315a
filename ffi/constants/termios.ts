/**
 * Modes of a terminal (termios(3)) and where its `c_cc` has what; asm-generic/termbits.h.
 *
 * @module
 */

export const IGNBRK = 0o1;
export const BRKINT = 0o2;
export const PARMRK = 0o10;
export const ISTRIP = 0o40;
export const INLCR = 0o100;
export const IGNCR = 0o200;
export const ICRNL = 0o400;
export const IXON = 0o2000;

export const OPOST = 0o1;
export const ONLCR = 0o4;

export const CSIZE = 0o60;
export const CS8 = 0o60;
export const PARENB = 0o400;

export const ISIG = 0o1;
export const ICANON = 0o2;
export const ECHO = 0o10;
export const ECHONL = 0o100;
export const IEXTEN = 0o100000;

export const VTIME = 5;
export const VMIN = 6;
