/** A device's number as `mknod(2)` takes it: 12 bits of major, 20 of minor (`makedev(3)`). */
export function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}
