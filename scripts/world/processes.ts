/** Child processes that may be killed at any instant: what they print goes to a file, their end is a promise. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly logFile: string;
  /** how long the log was when it was started */
  readonly logFrom: number;
  /** signal or exit code it ended with */
  readonly ended: Promise<string>;
  readonly alive: boolean;
  /** SIGKILL, and wait until it is gone */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export function startProcess(
  script: string,
  args: readonly string[],
  options: { logFile: string; env?: Record<string, string>; cwd: string },
): Started {
  const log = openSync(options.logFile, 'a');
  const logFrom = fstatSync(log).size;
  const child = spawn(process.execPath, [script, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let alive = true;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      alive = false;
      resolve(signal ?? String(code));
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    logFile: options.logFile,
    logFrom,
    ended,
    get alive() {
      return alive;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    signal: (name) => void child.kill(name),
  };
}

/** Reads what a process has printed, again and again, until a line is what is wanted. */
export async function lineOf<T>(
  { logFile, logFrom }: Pick<Started, 'logFile' | 'logFrom'>,
  wanted: (line: string) => T | undefined,
  withinMs: number,
): Promise<T> {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    for (const line of readFileSync(logFile).subarray(logFrom).toString().split('\n')) {
      const found = wanted(line);
      if (found !== undefined) return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not seen within ${withinMs} ms in ${logFile}`);
}
