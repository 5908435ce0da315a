import type { LandlockConfig } from "../../config/config.ts";
import { RuntError } from "../../error.ts";
import { type LandlockRequest, PLACE, within } from "./annotation.ts";
import { FS_RIGHTS, LOG_FLAGS, NET_RIGHTS, type Right, SCOPES } from "./rights.ts";

/**
 * Leaves out of a ruleset what this kernel does not have.
 *
 * Never the other way round: what a kernel always denies, such as moving files to other directories before version 2
 * (`refer`), stays denied.
 *
 * @param abi the kernel's version of the interface; 0 without Landlock
 * @param warn told of what is left out: it is not denied
 * @returns undefined when nothing is left
 * @throws {RuntError} `unsupported` for what is missing, where the config does not do with less
 */
export function fitLandlock(
  { ruleset, rules, flags, disableBestEffort }: LandlockRequest,
  abi: number,
  warn: (text: string) => void,
): LandlockConfig | undefined {
  const missing: string[] = [];
  const mask = (names: readonly string[], rights: ReadonlyMap<string, Right>, list?: string) =>
    names.reduce((mask, name) => {
      const right = rights.get(name)!;
      if (right.abi <= abi) return mask | right.bit;
      if (list) missing.push(`${list}: ${name} needs version ${right.abi}`);
      return mask;
    }, 0);
  const handledFs = mask(ruleset.handledAccessFS, FS_RIGHTS, "ruleset.handledAccessFS");
  const handledNet = mask(ruleset.handledAccessNet, NET_RIGHTS, "ruleset.handledAccessNet");
  const scoped = mask(ruleset.scoped, SCOPES, "ruleset.scoped");
  const config: LandlockConfig = {
    handledFs,
    handledNet,
    scoped,
    flags: mask(flags, LOG_FLAGS, "flags"),
    paths: rules.pathBeneath.flatMap(({ allowedAccess, paths }, i) => {
      const access = mask(allowedAccess, FS_RIGHTS);
      return access
        ? paths.map((path, j) => ({ path, access, at: within(`rules.pathBeneath[${i}].paths[${j}]`) }))
        : [];
    }),
    ports: rules.netPort.flatMap(({ allowedAccess, ports }, i) => {
      const access = mask(allowedAccess, NET_RIGHTS);
      return access
        ? ports.map((port, j) => ({ port, access, at: within(`rules.netPort[${i}].ports[${j}]`) }))
        : [];
    }),
  };
  if (missing.length) tellMissing(missing, abi, disableBestEffort, warn);
  return handledFs || handledNet || scoped ? config : undefined;
}

function tellMissing(
  missing: readonly string[],
  abi: number,
  strict: boolean,
  warn: (text: string) => void,
): void {
  const has = abi ? `has version ${abi} of Landlock` : "has no Landlock, or it is off";
  const text = abi ? `this kernel ${has}, which lacks ${missing.join("; ")}` : `this kernel ${has}`;
  if (!strict) return warn(`${PLACE}: ${text}: not denied`);
  throw new RuntError("unsupported", `${PLACE}: ${text}`, {
    path: PLACE,
    hint: abi
      ? "Leave it out, or leave out disableBestEffort to do without it"
      : "Boot with landlock among lsm=, or leave out disableBestEffort to do without it",
  });
}
