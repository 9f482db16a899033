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
  /** a variable of the environment */
  env(name: string): string | undefined;
  /** asks the person at the keyboard and shows nothing of what is typed; undefined: nobody is there */
  secret(question: string): Promise<string | undefined>;
  /** name of the person at the keyboard, as the system knows it */
  user(): string;
  exit(code: number): void;
}

const STDIN = 0;

/** Typed without an echo; ends with Enter, Ctrl-C gives nothing. */
async function typed(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return undefined;
  stderr.write(question);
  stdin.setRawMode(true);
  let line = '';
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      const text = String(chunk);
      const end = text.search(/[\r\n\u0003\u0004]/);
      if (end === -1) line += text;
      else return text[end] === '\u0003' ? undefined : line + text.slice(0, end);
    }
    return line;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

export const realTerminal: Terminal = {
  out: (text) => console.log(text),
  err: (text) => console.error(text),
  stdin: () => readFileSync(STDIN),
  env: (name) => process.env[name],
  secret: typed,
  user: () => userInfo().username,
  // not process.exit: what was printed into a pipe must get out first
  exit: (code) => {
    process.exitCode = code;
  },
};
