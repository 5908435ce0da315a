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
import { AT_REMOVEDIR, O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../ffi/constants/open.ts";
import { PR_SET_CHILD_SUBREAPER } from "../../ffi/constants/prctl.ts";
import { SIG_SETMASK, SIGCHLD } from "../../ffi/constants/signal.ts";
import { __WALL, P_PID, WEXITED } from "../../ffi/constants/wait.ts";
import { ENOENT } from "../../ffi/errno.ts";
import { type FileEvent, readTextFile } from "../../ffi/files.ts";
import { AT_FDCWD, Out, type Result, stringVector, u64s } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import { At } from "../../ffi/operation.ts";
import { STAT_SIZE } from "../../ffi/structs/stat.ts";
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
  expectExecuted,
  expectFile,
  expectStreams,
  expectText,
  ID_SIZE,
  keepSignals,
  replayReply,
  replayRlimits,
  replaySent,
  replaySpawn,
  replyBuffer,
  terminated,
} from "./replay.ts";
import { noteAnswered } from "./answered_note.ts";
import { ReplayedFiles } from "./replay_files.ts";
import { NEW_STATE_FILE, type OwnFacts, replayState } from "./replay_state.ts";

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
  readonly #files: ReplayedFiles;
  /** The id and the state directory, as texts. */
  readonly #id = new Out(ID_SIZE);
  readonly #directory = new Out(4096);

  constructor(native: Native, answered: RunAnswered, record: RunRecord) {
    this.#native = native;
    this.#kernel = new AnswerKernel(native);
    this.#local = new LocalKernel(native);
    this.#answered = answered;
    this.#record = record;
    this.#files = new ReplayedFiles(
      this.#kernel,
      answered.config,
      Object.values(record.cgroup!.paths),
      this.#id,
    );
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
    const created = kernel.clock("", "\0").text, isNamed = (path: string) => this.#files.isNamed(path);
    const write = (more: Partial<OwnFacts> = {}) =>
      replayState(kernel, directory, state!, isNamed, { id: this.#id, created, ...more });
    write()();
    const undoCgroups = this.#files.replay(this.#record.limits);
    const process = this.#spawn(), pid = kernel.decimal(process.pid), started = startTime(kernel, pid);
    const buffer = replyBuffer(transcript), { events } = transcript, tail = events.length - 1;
    events.forEach((event, i) => {
      if (i === tail) {
        // As when it is made for the first time: the facts are there before the program is.
        write({ pid, started: kernel.decimal(started) })();
      }
      if (event.kind === "sent") replaySent(kernel, process.socket, event, this.#id);
      else if (event.kind === "reply") replayReply(kernel, process.socket, event, buffer);
      else {
        this.#limitDevices();
        this.#files.replay(this.#record.devices);
        replayRlimits(kernel, process.pid, this.#answered.config.process);
      }
    });
    expectExecuted(kernel, process.socket, buffer);
    kernel.close(directory, any);
    const id = [`"id":"`, this.#id, `","event":`];
    noteAnswered(kernel, root, ...id, `"create","pid":`, pid);
    noteAnswered(kernel, root, ...id, `"start"`);
    const code = kernel.wait(process.pid, process.pidfd, keptSignals());
    noteAnswered(kernel, root, ...id, `"exit","code":`, kernel.decimal(code));
    this.#remove();
    kernel.exitGroup(code);
    kernel.undo(() => {
      process.undo();
      undoCgroups();
      for (const name of [NEW_STATE_FILE, STATE_FILE]) kernel.unlinkat(directory, name, 0, any);
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

  #spawn() {
    const kernel = this.#kernel,
      { spawned } = this.#record.transcript,
      unified = this.#record.cgroup!.paths[""];
    const cgroup = spawned!.intoCgroup
      ? kernel.call("openat", [AT_FDCWD, this.#files.path(unified!), O_PATH | O_DIRECTORY | O_CLOEXEC, 0])
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
    queueDevicesV2(this.#kernel, this.#files.path(paths[""]!), all, rules.length);
  }

  /** Removes the container; what is not as usual about that is for `runt delete`. */
  #remove(): void {
    const kernel = this.#kernel, any = { accept: "any" } as const, failed = new Out(8);
    const directory = kernel.call("openat", [AT_FDCWD, this.#directory, O_DIRECTORY | O_CLOEXEC, 0], any);
    kernel.flock(directory, LOCK_EX, any);
    for (const path of new Set(Object.values(this.#record.cgroup!.paths))) {
      const removed = kernel.call("unlinkat", [AT_FDCWD, this.#files.path(path), AT_REMOVEDIR], any);
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
