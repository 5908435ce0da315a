/**
 * systemd, spoken to over D-Bus: the host's or a user's.
 *
 * @see org.freedesktop.systemd1(5)
 * @module
 */
import type { Kernel } from "../../../ffi/kernel.ts";
import { BusClosedError, BusError } from "../../dbus/bus_error.ts";
import { BusConnection, connectTo } from "../../dbus/connection.ts";
import type { Value } from "../../dbus/value.ts";
import { RuntError } from "../../error.ts";
import { type BusPlace, busPlaces } from "./bus_places.ts";
import type { Property } from "./property.ts";

const SERVICE = "org.freedesktop.systemd1",
  PATH = "/org/freedesktop/systemd1",
  MANAGER = `${SERVICE}.Manager`;
const BUS = "org.freedesktop.DBus";
/** A unit of this name exists; no unit of this name does. */
const UNIT_EXISTS = `${SERVICE}.UnitExists`, NO_SUCH_UNIT = `${SERVICE}.NoSuchUnit`;

/** What the service manager needs to know of its caller. */
export interface Caller {
  /** A user's own systemd, and not the host's. */
  readonly user: boolean;
  /** Whether user ids are counted otherwise here than by systemd. */
  readonly inUserNamespace: boolean;
  /** Told of what went wrong and was got over. */
  warn(text: string): void;
}

/** systemd. A connection is made when it is first needed. */
export class ServiceManager implements Disposable {
  readonly #kernel: Kernel;
  readonly #caller: Caller;
  #bus: BusConnection | undefined;
  #destination: string | undefined;
  #version: number | undefined;

  /** @param kernel of this process */
  constructor(kernel: Kernel, caller: Caller) {
    this.#kernel = kernel;
    this.#caller = caller;
  }

  /** Connects, unless that was done. @throws {RuntError} with runc's text when it cannot be done */
  connect(): void {
    let cause: unknown;
    for (const place of this.#bus ? [] : busPlaces(this.#caller.user)) {
      try {
        return this.#connectTo(place);
      } catch (error) {
        cause = error;
      }
    }
    if (this.#bus) return;
    throw new RuntError("io", "failed to connect to dbus", {
      cause,
      hint: this.#caller.user
        ? "a user's systemd is found by XDG_RUNTIME_DIR or DBUS_SESSION_BUS_ADDRESS; maybe dbus-user-session is not " +
          "installed"
        : "/run/systemd/private and /run/dbus/system_bus_socket are tried",
    });
  }

  /**
   * Starts a transient unit, and waits until that is done. One of that name that has failed is reset first.
   *
   * @throws {RuntError} with runc's text when it cannot be started
   */
  startTransientUnit(name: string, properties: readonly Property[]): void {
    const start = () =>
      this.#call("StartTransientUnit", "ssa(sv)a(sa(sv))", name, "replace", structs(properties), []);
    let job: Value | undefined;
    try {
      [job] = start();
    } catch (error) {
      if (!(error instanceof BusError) || error.error !== UNIT_EXISTS) throw error;
      this.resetFailedUnit(name, (text) => this.#caller.warn(`unable to reset failed unit: ${text}`));
      [job] = start();
    }
    const result = this.#awaitJob(job);
    if (result === "done") return;
    this.resetFailedUnit(name);
    throw new RuntError(
      "kernel",
      result === undefined
        ? `Timeout waiting for systemd to create ${name}`
        : `error creating systemd unit \`${name}\`: got \`${result}\``,
      { hint: `see systemctl status ${name}` },
    );
  }

  /**
   * Stops a unit, and waits until that is done; one that is not there is fine. A failed one is removed.
   *
   * @throws {RuntError} when that takes too long
   */
  stopUnit(name: string): void {
    try {
      const [job] = this.#call("StopUnit", "ss", name, "replace"), result = this.#awaitJob(job);
      if (result === undefined) {
        throw new RuntError("kernel", `Timed out while waiting for systemd to remove ${name}`);
      }
      if (result !== "done") {
        this.#caller.warn(`error removing unit \`${name}\`: got \`${result}\`. Continuing...`);
      }
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      if (error.error !== NO_SUCH_UNIT) this.#caller.warn(`cannot stop ${name}: ${error.message}`);
    }
    this.resetFailedUnit(name);
  }

  /** Has a failed unit forgotten. @param failed told why it could not be, most often since it has not failed */
  resetFailedUnit(name: string, failed: (text: string) => void = () => {}): void {
    try {
      this.#call("ResetFailedUnit", "s", name);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      failed(error.message);
    }
  }

  /** Changes properties of a unit until the next boot. */
  setUnitProperties(name: string, properties: readonly Property[]): void {
    this.#call("SetUnitProperties", "sba(sv)", name, true, structs(properties));
  }

  /** systemd's own cgroup, such as `/user.slice/user-1000.slice/user@1000.service`; empty for the root. */
  controlGroup(): string {
    const path = String(this.#get("ControlGroup"));
    return path === "/" ? "" : path;
  }

  /** Waits until systemd has done what it was asked for: it does so before it looks at the next message. */
  settle(): void {
    this.#get("Version");
  }

  /** `252` of `252.39-1~deb12u1`; 0 where it cannot be told. */
  version(): number {
    return this.#version ??= Number(/^v?(\d+)/.exec(String(this.#get("Version")))?.[1] ?? 0);
  }

  /** Ends the connection; the next call makes another. */
  [Symbol.dispose](): void {
    this.#bus?.[Symbol.dispose]();
    this.#bus = undefined;
  }

  #connectTo({ path, isBus }: BusPlace): void {
    const bus = new BusConnection(this.#kernel, connectTo(this.#kernel, path), "JobRemoved");
    try {
      bus.authenticate(this.#caller.inUserNamespace ? undefined : Deno.uid() ?? undefined);
      if (isBus) {
        const daemon = { path: "/org/freedesktop/DBus", interface: BUS, destination: BUS };
        bus.call({ ...daemon, member: "Hello" });
        const rule = `type='signal',sender='${SERVICE}',interface='${MANAGER}',member='JobRemoved'`;
        bus.call({ ...daemon, member: "AddMatch", signature: "s" }, rule);
      }
    } catch (error) {
      bus[Symbol.dispose]();
      throw error;
    }
    this.#bus = bus;
    this.#destination = isBus ? SERVICE : undefined;
  }

  #get(property: string): Value | undefined {
    const [value] = this.#call("Get", "ss", MANAGER, property);
    return (value as { readonly value: Value } | undefined)?.value;
  }

  #call(member: string, signature: string, ...body: readonly Value[]): Value[] {
    this.connect();
    const destination = this.#destination;
    const call = {
      path: PATH,
      interface: member === "Get" ? `${BUS}.Properties` : MANAGER,
      member,
      signature,
      ...(destination === undefined ? {} : { destination }),
    };
    try {
      return this.#bus!.call(call, ...body);
    } catch (error) {
      throw this.#explain(error, member);
    }
  }

  /** How a job ended: `done`, `failed`, …; undefined when it has not in time. */
  #awaitJob(job: Value | undefined): string | undefined {
    try {
      return this.#bus!.awaitSignal(([, path]) => path === job)?.[3] as string | undefined;
    } catch (error) {
      throw this.#explain(error, "JobRemoved");
    }
  }

  #explain(error: unknown, member: string): unknown {
    if (!(error instanceof BusClosedError)) return error;
    this[Symbol.dispose]();
    return new RuntError("io", `systemd did not answer ${member}: ${error.message}`, { cause: error });
  }
}

function structs(properties: readonly Property[]): Value[] {
  return properties.map(([name, value]) => [name, value]);
}
