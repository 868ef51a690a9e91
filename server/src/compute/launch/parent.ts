import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { sessionFiles } from '../files.ts';
import { identify, type ProcessId } from '../sessions/process.ts';

/**
 * The parent of one R: waits for it and writes how it ended to `exit`, so that a compute node that was not there
 * knows. It stands in the session's directory, also after that got another name, and R does not lead its process
 * group. Signals but SIGKILL do not end it; R gets them with their default action.
 */
const PARENT = `
trap : HUP INT TERM
inner=$1
shift
$(command -v setsid) /bin/sh -c "$inner" farside-worker "$@"
status=$?
echo "$status" >exit.new && mv -f exit.new exit`;

/**
 * Becomes R: says its process id on descriptor 3, sets limits (ulimit sets soft and hard ones, so R can not lift
 * them), goes to the working directory. The name of the session is in the
 * environment of R only, so that its parent is not taken for it.
 */
const WORKER = `
echo $$ >&3
exec 3>&-
session=$1 limit=$2 workdir=$3
shift 3
[ -z "$limit" ] || ulimit -v "$limit" || exit 1
cd -P -- "$workdir" || exit 1
unset OLDPWD
[ -z "$session" ] || export FARSIDE_SESSION_DIR="$session"
exec "$@"`;

const R_ARGUMENTS = ['--no-save', '--no-restore', '--no-readline', '--quiet', '--interactive'];
/** Tells the worker its directory, and a later compute node whose worker a process is. */
export const SESSION_DIR_VARIABLE = 'FARSIDE_SESSION_DIR';
const KIB = 1024;
const PID_FD = 3;

export interface WorkerStart {
  /** Where the parent stands and `startup.log` is. */
  readonly dir: string;
  /** The program R. */
  readonly r: string;
  readonly env: NodeJS.ProcessEnv;
  readonly workdir: string;
  /** RLIMIT_AS in bytes. */
  readonly memoryLimit?: number;
  /** Words before the command, e.g. to give it a scope of its own. */
  readonly wrapper?: readonly string[];
  /** R reads its standard input, which this process holds the other end of. */
  readonly piped?: boolean;
}

/** A process pair that was started: it outlives this process. */
export interface StartedWorker {
  /** R itself; undefined when it could not be started. */
  readonly worker: ProcessId | undefined;
  readonly parent: ProcessId | undefined;
  readonly stdin: Writable | null;
  /** Resolves when R and its parent are gone. */
  readonly exited: Promise<void>;
}

/** Starts R under its parent. What R says before its console is ours goes to `startup.log`. */
export async function startWorker(start: WorkerStart): Promise<StartedWorker> {
  const limit = start.memoryLimit === undefined ? '' : String(Math.floor(start.memoryLimit / KIB));
  const { [SESSION_DIR_VARIABLE]: session = '', ...env } = start.env;
  const worker = [session, limit, start.workdir, start.r, ...R_ARGUMENTS];
  const [file = '', ...args] = [
    ...(start.wrapper ?? []),
    ...['/bin/sh', '-c', PARENT, 'farside-parent', WORKER, ...worker],
  ];
  const log = openSync(sessionFiles(start.dir).startupLog, 'a', 0o600);
  try {
    const child = spawn(file, args, {
      cwd: start.dir,
      env,
      stdio: [start.piped ? 'pipe' : 'ignore', log, log, 'pipe'],
      detached: true,
    });
    child.unref();
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const parent = child.pid === undefined ? undefined : identify(child.pid);
    const pid = await firstLine(child.stdio[PID_FD] as Readable);
    return { worker: pid === undefined ? undefined : identify(pid), parent, stdin: child.stdin, exited };
  } finally {
    closeSync(log);
  }
}

/** The pipe is let go as soon as it has said the number: the parent keeps its end open. */
async function firstLine(pipe: Readable): Promise<number | undefined> {
  let text = '';
  for await (const chunk of pipe) {
    text += String(chunk);
    if (text.includes('\n')) return Number(text);
  }
  return undefined;
}
