/** What an architecture must bring: routines as hexadecimal text, beside their listings. */
export interface MachineCode {
  /** `e_machine` (`elf(5)`). */
  readonly elfMachine: number;
  /** The init image: a signal handler of 12 bytes that ends the process, and the loop, which is entered behind it. */
  readonly init: string;
  /** Where in {@linkcode MachineCode.init} the control socket's descriptor is written, 32 bits. */
  readonly controlOffset: number;
  /** `void spawn(long frame[8])`: the words say what; the last one gets the pid or `-errno`. See `../native.ts`. */
  readonly spawn: string;
  /** `void call(long frame[8])`: number and six arguments; the last word gets the result or `-errno`. */
  readonly call: string;
  /** `void forward(int signal, siginfo_t *)`: a signal handler that passes the signal on, or keeps it. */
  readonly forward: string;
  /** Where in {@linkcode MachineCode.forward} the address of its two 64-bit words is written: a pidfd or -1, signals kept. */
  readonly forwardWordsOffset: number;
  /** Where in {@linkcode MachineCode.forward} the way back from a handler starts (`SA_RESTORER`). */
  readonly restoreOffset: number;
  /** `void notify(int signal)`: a signal handler that writes a byte to a descriptor. */
  readonly notify: string;
  /** Where in {@linkcode MachineCode.notify} the descriptor is written, 32 bits. */
  readonly notifyFdOffset: number;
  /** As {@linkcode MachineCode.restoreOffset}, in {@linkcode MachineCode.notify}. */
  readonly notifyRestoreOffset: number;
}
