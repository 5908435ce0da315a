import type { Process } from "../spec/process.ts";
import type { Check, Report } from "./issue.ts";

/** Most supplementary groups that Linux takes (NGROUPS_MAX). */
const MOST_GROUPS = 65536;

/** The id that setuid(2) and chown(2) read as "leave it". */
const NO_ID = 0xffffffff;

/** `process`, but for its families of their own. runc's texts, since clients know them. */
export const checkProcess: Check = ({ spec: { process }, options, error, warn }) => {
  if (process === undefined) return error("process", "process property must not be empty");
  if (process.cwd === "") error("process.cwd", "Cwd property must not be empty");
  else if (!process.cwd.startsWith("/")) error("process.cwd", "Cwd must be an absolute path");
  if (!process.args?.length) error("process.args", "args must not be empty");
  if (process.commandLine) error("process.commandLine", "is for Windows only: args say what is run");
  checkEnv(process.env ?? [], error);
  const score = process.oomScoreAdj ?? 0;
  if (score < -1000 || score > 1000) {
    error("process.oomScoreAdj", `must be between -1000 and 1000, not ${score}`);
  }
  checkUser(process, error, warn);
  if (options.rootless && process.user.additionalGids?.length) {
    error("process.user.additionalGids", "cannot set any additional groups in a rootless container");
  }
};

function checkEnv(env: readonly string[], error: Report): void {
  for (let i = 0; i < env.length; i++) {
    const equals = env[i]!.indexOf("=");
    if (equals > 0) continue;
    const what = equals < 0 ? "missing '='" : "name cannot be empty";
    error(`process.env[${i}]`, `invalid environment variable: ${what}`);
  }
}

function checkUser({ user }: Process, error: Report, warn: Report): void {
  const { uid, gid, umask = 0, additionalGids = [] } = user;
  if (uid === NO_ID) error("process.user.uid", `${uid} is not a user id`);
  if (gid === NO_ID) error("process.user.gid", `${gid} is not a group id`);
  const groups = "process.user.additionalGids";
  if (additionalGids.includes(NO_ID)) error(groups, `${NO_ID} is not a group id`);
  if (additionalGids.length > MOST_GROUPS) {
    error(groups, `Linux takes at most ${MOST_GROUPS} groups, not ${additionalGids.length}`);
  }
  if (umask > 0o777) {
    // umask(2) takes the permission bits only; most likely an octal number was written as decimal.
    warn("process.user.umask", `bits beyond 0777 are ignored: 0${umask.toString(8)}`);
  }
}
