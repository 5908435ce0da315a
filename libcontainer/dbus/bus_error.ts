/** An error that a peer answered with. It keeps the name `Error`: what the peer says is meant to be read. */
export class BusError extends Error {
  /**
   * @param error its name, such as `org.freedesktop.systemd1.UnitExists`
   * @param message what the peer says of it
   */
  constructor(readonly error: string, message: string) {
    super(message);
  }
}

/** No more is to be heard from a peer. */
export class BusClosedError extends Error {
  /**
   * @param message why
   * @param timedOut it says nothing, but is still there
   */
  constructor(message: string, readonly timedOut = false) {
    super(message);
  }
}
