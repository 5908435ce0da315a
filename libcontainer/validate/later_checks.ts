/**
 * The checks of what runt refuses for now: nothing imports them but their tests. When a feature comes in, its
 * entry moves from here to `validate.ts`, and its entry in `unsupported.ts` goes.
 *
 * @module
 */

import type { Check } from "./issue.ts";
import { checkNetDevices } from "./net_devices.ts";

/** As the list in `validate.ts`: a check and the path of what it is about. */
export const LATER_CHECKS: readonly (readonly [path: string, check: Check])[] = [
  ["linux.netDevices", checkNetDevices],
];
