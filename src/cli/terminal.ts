/**
 * The terminal a command talks to. In: text. Out: the streams and the exit code of this process; the one
 * place of the commands that touches them, so that a test can give its own.
 */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** all of standard input */
  stdin(): Buffer;
  /** name of the person at the keyboard, as the system knows it */
  user(): string;
  exit(code: number): void;
}

const STDIN = 0;

export const realTerminal: Terminal = {
  out: (text) => console.log(text),
  err: (text) => console.error(text),
  stdin: () => readFileSync(STDIN),
  user: () => userInfo().username,
  // not process.exit: what was printed into a pipe must get out first
  exit: (code) => {
    process.exitCode = code;
  },
};
