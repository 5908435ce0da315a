/**
 * The answer to the next `run` of a bundle, left in the root for the executable's entry stub: all that this one did,
 * without what it took to find out what to do. It holds as long as all that was looked at is the same: config.json,
 * the caller's namespaces, cgroups and streams, and whatever the container's process came upon.
 *
 * It makes a container as `make_container.ts` does, and waits for it and removes it as `run.ts` does: the same state,
 * cgroups, journal and exit code.
 *
 * @module
 */
import { AnswerKernel } from "../../ffi/answer.ts";
import { LOCK_EX } from "../../ffi/constants/fcntl.ts";
import {
  AT_REMOVEDIR,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_TRUNC,
  O_WRONLY,
} from "../../ffi/constants/open.ts";
import { PR_SET_CHILD_SUBREAPER } from "../../ffi/constants/prctl.ts";
import { SIG_SETMASK, SIGCHLD } from "../../ffi/constants/signal.ts";
import { __WALL, P_PID, WEXITED } from "../../ffi/constants/wait.ts";
import { EEXIST, ENOENT } from "../../ffi/errno.ts";
import { type FileEvent, readTextFile } from "../../ffi/files.ts";
import { AT_FDCWD, Out, type Result, stringVector, u64s } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { At } from "../../ffi/operation.ts";
import { SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";
import type { Transcript } from "../../ffi/transcript.ts";
import type { CgroupManager } from "../cgroups/manager.ts";
import { defaultDeviceRules } from "../cgroups/controllers/default_devices.ts";
import { queueDevicesV2 } from "../cgroups/v2/devices.ts";
import type { Config } from "../config/config.ts";
import { keptSignals } from "../process/foreground.ts";
import { USUAL_FILES } from "../state/state_directory.ts";
import { STATE_FILE, type StateFile } from "../state/state_file.ts";
import { startTime } from "./answered_process.ts";
import { putInPlace } from "./answer_worth.ts";
import {
  expectCaller,
  expectDirectory,
  expectFile,
  expectStreams,
  expectText,
  keepSignals,
  replayNote,
  replayReply,
  replayRlimits,
  replaySent,
  replaySpawn,
  replyBuffer,
  terminated,
} from "./replay.ts";

const STAT_SIZE = 144;
/** Bytes of the longest id that the entry stub takes, with its NUL. */
const ID_SIZE = 208;
/** Stand in the state file for what differs from container to container; nothing else looks like that. */
const ID = "\u{f0000}id\u{f0000}",
  CREATED = "\u{f0000}created\u{f0000}",
  PID = 900000000001,
  START = 900000000002;

/** What was done for a container. */
export interface RunRecord {
  readonly transcript: Transcript;
  /** What became of files until the process was made, and when it was given the last limits. */
  limits: readonly FileEvent[];
  devices: readonly FileEvent[];
  state?: StateFile;
  cgroup?: CgroupManager;
}

/** What is to be answered. */
export interface RunAnswered {
  /** Directory of the containers' state. */
  readonly root: string;
  /** Where the answer is kept. */
  readonly path: string;
  readonly config: Config;
  /** `--bundle`, as given; undefined without. */
  readonly bundleFlag: string | undefined;
}

/**
 * Leaves the answer.
 *
 * @returns why there is none, or undefined
 */
export function leaveRunAnswer(native: Native, answered: RunAnswered, record: RunRecord): string | undefined {
  const { config, path } = answered;
  const why = record.transcript.spoiled ?? unusual(record, config);
  if (why !== undefined) return why;
  putInPlace(path, new RunAnswer(native, answered, record).make());
  return undefined;
}

/** What an answer cannot do. */
function unusual({ cgroup, limits, transcript, state }: RunRecord, { id }: Config): string | undefined {
  if (!cgroup || !state || !transcript.spawned) return "not all was written down";
  const made = new Set(limits.flatMap((event) => event.kind === "made" ? [event.path] : []));
  if (!Object.values(cgroup.paths).every((directory) => made.has(directory))) {
    return "a cgroup was there before";
  }
  // Whatever was named after the container without being written down as such.
  const mention = new RegExp(`[/.]${id.replaceAll(/[.+]/g, "\\$&")}[/\\0]`),
    latin1 = new TextDecoder("latin1");
  for (const event of transcript.events) {
    if (event.kind !== "sent") continue;
    const bytes = event.bytes.slice();
    for (const [{ bytes: named }, at] of event.names) bytes.fill(0, at, at + named.length);
    if (mention.test(latin1.decode(bytes))) return "the container's name is somewhere else";
  }
  return undefined;
}

class RunAnswer {
  readonly #native: Native;
  readonly #kernel: AnswerKernel;
  readonly #local: LocalKernel;
  readonly #answered: RunAnswered;
  readonly #record: RunRecord;
  /** The id and the state directory, as texts. */
  readonly #id = new Out(ID_SIZE);
  readonly #directory = new Out(4096);

  constructor(native: Native, answered: RunAnswered, record: RunRecord) {
    this.#native = native;
    this.#kernel = new AnswerKernel(native);
    this.#local = new LocalKernel(native);
    this.#answered = answered;
    this.#record = record;
  }

  make(): Uint8Array<ArrayBuffer> {
    const kernel = this.#kernel, { root } = this.#answered, { transcript, state } = this.#record;
    const any = { accept: "any" } as const;
    this.#expectSame();
    kernel.textAt(this.#id, kernel.fact("id"));
    kernel.textAt(this.#directory, `${root}/`, this.#id);
    const directory = this.#takeNew();
    kernel.change();
    const putSignalsBack = keepSignals(kernel);
    const adopts = kernel.prctl(PR_SET_CHILD_SUBREAPER, 1);
    const publish = this.#writeState(directory, state!);
    publish();
    const undoCgroups = this.#replayFiles(this.#record.limits);
    const process = this.#spawn(), pid = kernel.decimal(process.pid), started = startTime(kernel, pid);
    const buffer = replyBuffer(transcript), { events } = transcript, tail = events.length - 1;
    events.forEach((event, i) => {
      if (i === tail) {
        // As when it is made for the first time: the facts are there before the program is.
        this.#writeState(directory, state!, pid, kernel.decimal(started))();
      }
      if (event.kind === "sent") replaySent(kernel, process.socket, event, this.#id);
      else if (event.kind === "reply") replayReply(kernel, process.socket, event, buffer);
      else {
        this.#limitDevices();
        this.#replayFiles(this.#record.devices);
        replayRlimits(kernel, process.pid, this.#answered.config.process);
      }
    });
    // It ends by executing the program, which closes the socket.
    kernel.expect(kernel.call("read", [process.socket, buffer, buffer.size]), "zero");
    kernel.close(directory, any);
    const id = [`"id":"`, this.#id, `","event":`];
    replayNote(kernel, root, ...id, `"create","pid":`, pid);
    replayNote(kernel, root, ...id, `"start"`);
    const code = kernel.wait(process.pid, process.pidfd, keptSignals());
    replayNote(kernel, root, ...id, `"exit","code":`, kernel.decimal(code));
    this.#remove();
    kernel.exitGroup(code);
    kernel.undo(() => {
      process.undo();
      undoCgroups();
      for (const name of [`.${STATE_FILE}`, STATE_FILE]) kernel.unlinkat(directory, name, 0, any);
      kernel.call("unlinkat", [AT_FDCWD, this.#directory, AT_REMOVEDIR], any);
      kernel.when(adopts, "ok", () => void kernel.prctl(PR_SET_CHILD_SUBREAPER, 0));
      putSignalsBack();
    });
    return kernel.finish();
  }

  /** What has to be as it was. */
  #expectSame(): void {
    const kernel = this.#kernel, local = this.#local, { bundleFlag, config, root } = this.#answered;
    kernel.expect(kernel.fact("systemd"), "zero");
    const bundle = kernel.fact("bundle");
    kernel.expect(bundle, bundleFlag === undefined ? "zero" : "nonzero");
    if (bundleFlag !== undefined) kernel.expectBytes(bundle, terminated(bundleFlag));
    if (!bundleFlag?.startsWith("/")) {
      const current = new Out(4096);
      kernel.getcwd(current);
      kernel.expectBytes(current, terminated(Deno.cwd()));
    }
    expectFile(kernel, local, `${config.bundle}/config.json`);
    expectDirectory(kernel, local, root);
    expectCaller(kernel, local);
    expectText(kernel, "/proc/self/cgroup", readTextFile("/proc/self/cgroup"));
    expectStreams(kernel, local, config.process.uid);
  }

  /** Makes the state directory and takes its lock, as `ContainerLock.takeNew()` does. */
  #takeNew(): Result {
    const kernel = this.#kernel, named = new Out(STAT_SIZE), held = new Out(STAT_SIZE);
    kernel.call("mkdirat", [AT_FDCWD, this.#directory, 0o711]);
    const directory = kernel.call("openat", [AT_FDCWD, this.#directory, O_DIRECTORY | O_CLOEXEC, 0]);
    kernel.flock(directory, LOCK_EX);
    kernel.fstat(directory, held);
    kernel.call("newfstatat", [AT_FDCWD, this.#directory, named, 0]);
    kernel.expect(kernel.call("compare", [named, new At(held, 0), 16]), "zero");
    const facts = kernel.newfstatat(directory, STATE_FILE, named, 0, { accept: [ENOENT] });
    kernel.expect(facts, "nonzero");
    return directory;
  }

  /** Writes the facts beside the old ones. Returns what queues that they are put into their place. */
  #writeState(directory: Result, state: StateFile, pid?: Out, started?: Out): () => void {
    const kernel = this.#kernel, { id } = this.#answered.config, temporary = `.${STATE_FILE}`;
    const byPath = this.#record.cgroup!.paths, paths: Record<string, string> = {};
    for (const [controller, path] of Object.entries(byPath)) {
      paths[controller] = this.#isNamed(path) ? path.slice(0, -id.length) + ID : path;
    }
    this.#created ??= kernel.clock("", "\0").text;
    const json = JSON.stringify({
      ...state,
      id: ID,
      created: CREATED,
      cgroup_paths: paths,
      ...(pid && { init_process_pid: PID, init_process_start: START }),
    });
    const put: Record<string, Out | undefined> = {
      [ID]: this.#id,
      [CREATED]: this.#created,
      [PID]: pid,
      [START]: started,
    };
    const pieces = json.split(new RegExp(`(${Object.keys(put).join("|")})`)).map((piece) =>
      put[piece] ?? piece
    );
    const { text, size } = kernel.text(json.length * 3 + ID_SIZE * pieces.length, ...pieces);
    const flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
      file = kernel.openat(directory, temporary, flags, 0o600);
    kernel.call("write", [file, text, size]);
    kernel.close(file);
    return () => void kernel.call("renameat", [directory, temporary, directory, STATE_FILE]);
  }
  #created: Out | undefined;

  /** Whether a cgroup's directory is named by the container's id. */
  #isNamed(path: string): boolean {
    const { config } = this.#answered;
    return config.cgroup.path === "" && path.endsWith(`/${config.id}`);
  }

  /** A path, with the name of now where it is one in a cgroup that is named by the id. */
  #path(path: string): string | Out {
    const { id } = this.#answered.config;
    for (const directory of Object.values(this.#record.cgroup!.paths)) {
      if (!this.#isNamed(directory) || path !== directory && !path.startsWith(`${directory}/`)) continue;
      const before = directory.slice(0, -id.length);
      return this.#kernel.text(path.length + ID_SIZE, before, this.#id, path.slice(directory.length)).text;
    }
    return path;
  }

  /** Does to files what was done. Returns what queues that directories are removed again. */
  #replayFiles(events: readonly FileEvent[]): () => void {
    const kernel = this.#kernel,
      own = new Set(Object.values(this.#record.cgroup!.paths)),
      undo: (() => void)[] = [];
    for (const event of events) {
      const path = this.#path(event.path);
      if (event.kind === "made") {
        // The cgroup itself must be new.
        const accept = own.has(event.path) ? [] : [EEXIST];
        const made = kernel.call("mkdirat", [AT_FDCWD, path, event.mode], { accept });
        undo.unshift(() => {
          kernel.when(made, "ok", () => {
            kernel.call("unlinkat", [AT_FDCWD, path, AT_REMOVEDIR], { accept: "any" });
          });
        });
        continue;
      }
      const isRead = event.kind === "read", flags = (isRead ? 0 : O_WRONLY) | O_CLOEXEC;
      const file = kernel.call("openat", [AT_FDCWD, path, flags, 0]);
      if (isRead) {
        const text = new Out(Math.max(4096, event.text.length + 64));
        kernel.read(file, text);
        kernel.expectBytes(text, terminated(event.text));
      } else kernel.write(file, event.data);
      kernel.close(file);
    }
    return () => undo.forEach((step) => step());
  }

  #spawn() {
    const kernel = this.#kernel,
      { spawned } = this.#record.transcript,
      unified = this.#record.cgroup!.paths[""];
    const cgroup = spawned!.intoCgroup
      ? kernel.call("openat", [AT_FDCWD, this.#path(unified!), O_PATH | O_DIRECTORY | O_CLOEXEC, 0])
      : undefined;
    const made = replaySpawn(kernel, this.#native, this.#local, spawned!, cgroup);
    if (cgroup) kernel.close(cgroup);
    return made;
  }

  /** v2: loads the filter of devices, which is no file. */
  #limitDevices(): void {
    const { cgroup, devices } = this.#answered.config, { mode, paths } = this.#record.cgroup!;
    if (mode !== "unified") return;
    const rules = cgroup.resources.devices ?? [];
    const nodes = devices.filter(({ at }) => at !== "default").map(({ path }) => path);
    const all = [...rules, ...defaultDeviceRules(nodes)];
    queueDevicesV2(this.#kernel, this.#path(paths[""]!), all, rules.length);
  }

  /** Removes the container; what is not as usual about that is for `runt delete`. */
  #remove(): void {
    const kernel = this.#kernel, any = { accept: "any" } as const, failed = new Out(8);
    const directory = kernel.call("openat", [AT_FDCWD, this.#directory, O_DIRECTORY | O_CLOEXEC, 0], any);
    kernel.flock(directory, LOCK_EX, any);
    for (const path of new Set(Object.values(this.#record.cgroup!.paths))) {
      const removed = kernel.call("unlinkat", [AT_FDCWD, this.#path(path), AT_REMOVEDIR], any);
      kernel.when(removed, "failed", () => void kernel.call("copy", [failed, u64s(1), 8]));
    }
    const problems = kernel.call("compare", [failed, u64s(0), 8]);
    kernel.when(problems, "zero", () => {
      for (const name of USUAL_FILES) kernel.unlinkat(directory, name, 0, any);
      kernel.call("unlinkat", [AT_FDCWD, this.#directory, AT_REMOVEDIR], any);
    });
    kernel.when(problems, "nonzero", () => {
      kernel.close(directory, any);
      const child = kernel.call("clone3", [u64s(0, 0, 0, 0, SIGCHLD, 0, 0, 0), 64], any);
      kernel.when(child, "zero", () => this.#executeDelete());
      kernel.waitid(P_PID, child, new Out(SIGINFO_SIZE), WEXITED | __WALL, any);
    });
  }

  #executeDelete(): void {
    const kernel = this.#kernel, any = { accept: "any" } as const;
    kernel.call("rt_sigprocmask", [SIG_SETMASK, new Uint8Array(8), 0, 8], any);
    const args = ["runt", "--root", this.#answered.root, "delete", "--force", this.#id];
    kernel.call("execve", ["/proc/self/exe", stringVector(args), new Uint8Array(8)], any);
    kernel.exitGroup(1);
  }
}
