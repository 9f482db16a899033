/** A process that tries to hold a journal directory, as a test sees it: see owner-process.mjs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface Said {
  readonly pid: number;
  readonly event: 'owner' | 'refused' | 'released' | 'two owners' | 'worked';
  readonly code?: string;
  readonly detail?: string;
}

/** One process, and all it said. */
export class Contender {
  readonly said: Said[] = [];
  readonly ended: Promise<void>;
  readonly child: ChildProcess;
  #heard: (said: Said) => void = () => undefined;

  constructor(project: string, directory: string, mode: 'asked' | 'churn' = 'asked') {
    const script = join(import.meta.dirname, 'owner-process.mjs');
    const child = spawn(process.execPath, [script, project, directory, mode], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.child = child;
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    this.ended = new Promise((resolve) => {
      child.once('close', () => resolve());
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said: Said = JSON.parse(line);
      this.said.push(said);
      this.#heard(said);
    });
  }

  /** Resolves with the next thing it says. */
  tell(word: string): Promise<Said> {
    return new Promise((resolve, reject) => {
      this.#heard = resolve;
      void this.ended.then(() => reject(new Error('ended without a word')));
      this.child.stdin?.write(`${word}\n`);
    });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
