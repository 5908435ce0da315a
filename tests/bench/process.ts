/**
 * Starts programs and waits for them with as little around it as there is: `posix_spawn(3)` and `wait4(2)`, called
 * from JavaScript, so that what is timed is the program. Deno's own way of starting them would add a millisecond, most
 * of it by chance.
 *
 * @module
 */

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  posix_spawn: {
    parameters: ["buffer", "buffer", "buffer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_addopen: {
    parameters: ["buffer", "i32", "buffer", "i32", "u32"],
    result: "i32",
  },
  wait4: { parameters: ["i32", "buffer", "i32", "buffer"], result: "i32" },
});

const O_RDWR = 2;
/** `sizeof(posix_spawn_file_actions_t)` of glibc. */
const FILE_ACTIONS_SIZE = 80;
/** `sizeof(struct rusage)`, see getrusage(2). */
const RUSAGE_SIZE = 144;

const encoder = new TextEncoder();

/** A program that is ready to be started, again and again. */
export interface Prepared {
  readonly program: string;
  readonly args: readonly string[];
  readonly path: Uint8Array<ArrayBuffer>;
  readonly argv: BigUint64Array<ArrayBuffer>;
  readonly environ: BigUint64Array<ArrayBuffer>;
  /** What the pointers lead to, kept from being collected. */
  readonly strings: readonly Uint8Array<ArrayBuffer>[];
}

/** Writes out all that `posix_spawn` is given, before any clock runs. */
export function prepare(program: string, args: readonly string[], env: Record<string, string>): Prepared {
  const strings: Uint8Array<ArrayBuffer>[] = [];
  const pointers = (texts: readonly string[]) => {
    const words = new BigUint64Array(texts.length + 1);
    texts.forEach((text, i) => {
      const bytes = terminated(text);
      strings.push(bytes);
      words[i] = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
    });
    return words;
  };
  const argv = pointers([program, ...args]);
  const environ = pointers(Object.entries(env).map(([name, value]) => `${name}=${value}`));
  return { program, args, path: terminated(program), argv, environ, strings };
}

/** How long a program took and how it ended. */
export interface Timed {
  /** From before it is made to after it is reaped, in ms. */
  readonly ms: number;
  /** As a shell has it: the exit code, or 128 and the signal. */
  readonly code: number;
}

const DEV_NULL = terminated("/dev/null");
const actions = new Uint8Array(FILE_ACTIONS_SIZE);
libc.posix_spawn_file_actions_init(actions);
for (const fd of [0, 1, 2]) libc.posix_spawn_file_actions_addopen(actions, fd, DEV_NULL, O_RDWR, 0);

const pid = new Int32Array(1), status = new Int32Array(1), usage = new Uint8Array(RUSAGE_SIZE);

/**
 * Runs it once, with nothing on its standard streams.
 *
 * @throws {Error} when it cannot be started
 */
export function time({ program, path, argv, environ }: Prepared): Timed {
  const start = performance.now();
  const errno = libc.posix_spawn(pid, path, actions, null, argv, environ);
  if (errno !== 0) throw new Error(`Cannot start ${program}: errno ${errno}`);
  libc.wait4(pid[0]!, status, 0, usage);
  const ms = performance.now() - start;
  const word = status[0]!, signal = word & 0x7f;
  return { ms, code: signal === 0 ? word >> 8 & 0xff : 128 + signal };
}

function terminated(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}
