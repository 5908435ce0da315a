import { KEYCTL_JOIN_SESSION_KEYRING, KEYCTL_SETPERM } from "../../ffi/constants/keyctl.ts";
import { ENOSYS } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import type { Config } from "../config/config.ts";
import { setKeyLabel } from "./labels.ts";

/**
 * What a new session keyring has (`keyctl_join_session_keyring(3)`: possessor all; user view, read, link) and search
 * for the user beside it, as runc gives it.
 */
const KEYRING_PERMISSIONS = 0x3f1b0000;

/** A session of its own (`setsid(2)`). */
export function startSession(kernel: Kernel): void {
  kernel.setsid();
}

/** The container's session keyring, for a process that is executed in it: a new one of its name where it has none. */
export function shareKeyring(kernel: Kernel, config: Config): void {
  if (!config.newKeyring) return;
  setKeyLabel(kernel, config.process);
  kernel.at({ step: "keyring", what: `"_ses.${config.id}"` }, () => {
    kernel.keyctl(KEYCTL_JOIN_SESSION_KEYRING, `_ses.${config.id}`, 0, 0, { accept: [ENOSYS] });
  });
}

/** A session keyring of its own, so that the caller's keys stay the caller's (`session-keyring(7)`). */
export function joinKeyring(kernel: Kernel, config: Config): void {
  if (!config.newKeyring) return;
  setKeyLabel(kernel, config.process);
  kernel.at({ step: "keyring", what: `"_ses.${config.id}"` }, () => {
    const key = kernel.keyctl(KEYCTL_JOIN_SESSION_KEYRING, kernel.named("_ses.", config.id, ""), 0, 0, {
      accept: [ENOSYS],
    });
    kernel.when(key, "ok", () => {
      kernel.keyctl(KEYCTL_SETPERM, key, KEYRING_PERMISSIONS);
    });
  });
}
