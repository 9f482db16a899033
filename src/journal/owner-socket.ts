/**
 * The socket by which a process is seen in a journal directory, and the record of who it is beside it:
 *
 *   owner-<time><random>.new    bound, perhaps not listening yet: says nothing, nobody connects to it
 *   owner-<time><random>.who    pid and start of its process, made before the socket is visible
 *   owner-<time><random>.sock   the same socket renamed once it listens: a candidate or the owner
 *
 * What these prove stands in ownership.ts.
 */
import { randomInt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { rename, rm, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { errno, FILE_MODE } from './disk.ts';
import { type Answer, answerLine } from './probe.ts';
import { ownIdentity, type ProcessIdentity, processIdentity } from './process-identity.ts';

/** A name without its ending. */
export const VISIBLE = /^(owner-[0-9a-z]{14})\.sock$/;
const DRAFT = /^(owner-[0-9a-z]{14})\.new$/;
const RANDOM_DIGITS = 6;
/** bytes of a path the kernel keeps without its NUL; libuv cuts a longer one silently */
const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

/** Short, for paths of sockets are; never used twice: the same millisecond and the same of 2 billion. */
function freshName(): string {
  const random = randomInt(36 ** RANDOM_DIGITS)
    .toString(36)
    .padStart(RANDOM_DIGITS, '0');
  return `owner-${Date.now().toString(36).padStart(8, '0')}${random}`;
}

export function checkLength(directory: string): void {
  const bytes = Buffer.byteLength(join(directory, `${freshName()}.sock`));
  if (bytes <= PATH_BYTES_MAX) return;
  const room = PATH_BYTES_MAX - (bytes - Buffer.byteLength(directory));
  const detail = `the path has ${Buffer.byteLength(directory)} bytes, a unix socket in it leaves room for ${room}`;
  throw new YinqiError('CONFIG_INVALID', { path: 'journal.directory', detail });
}

/** Who made the socket of this name; undefined where nobody says so in a way that can be checked. */
export function whoIs(directory: string, name: string): ProcessIdentity | undefined {
  try {
    const text = readFileSync(join(directory, `${name}.who`), 'utf8');
    const parsed = processIdentity.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Takes away all that a dead one left under its name; the socket goes last, so that a kill in between leaves it seen. */
export async function removeName(directory: string, name: string): Promise<void> {
  for (const ending of ['fence', 'who', 'sock']) {
    await rm(join(directory, `${name}.${ending}`), { force: true });
  }
}

/**
 * Takes away the draft of somebody who was killed before it was visible. One who lives finds its draft
 * gone and withdraws; its record goes only if the draft really was there, for it has no socket then.
 */
export async function removeDraft(directory: string, draft: string): Promise<void> {
  const [, name = ''] = DRAFT.exec(draft) ?? [];
  try {
    await unlink(join(directory, draft));
  } catch {
    return;
  }
  await removeName(directory, name);
}

export const isDraft = (name: string): boolean => DRAFT.test(name);

/** Our own socket: visible from `open` until `release`. */
export class OwnSocket {
  readonly pid = process.pid;
  readonly since = new Date();
  readonly name: string;
  readonly #directory: string;
  readonly #server: Server;
  #role: Answer['role'] = 'candidate';
  #released: Promise<void> | undefined;

  private constructor(directory: string, name: string) {
    this.name = name;
    this.#directory = directory;
    this.#server = createServer((socket) => {
      // the asker may be gone already
      socket.on('error', () => undefined);
      socket.end(answerLine({ pid: this.pid, since: this.since.toISOString(), role: this.#role }));
    });
    // out of descriptors: the kernel still connects, and that is the proof
    this.#server.on('error', () => undefined);
  }

  /** Undefined: an owner took our draft for a dead one's. */
  static async open(directory: string): Promise<OwnSocket | undefined> {
    const own = new OwnSocket(directory, freshName());
    const draft = own.#path('new');
    const server = own.#server;
    await new Promise<void>((resolved, rejected) => {
      server.once('error', rejected);
      server.listen(draft, () => {
        server.off('error', rejected);
        resolved();
      });
    });
    // what is proof of life must not be what keeps the process alive
    server.unref();
    try {
      const who = ownIdentity(own.pid);
      if (who !== undefined) {
        await writeFile(own.#path('who'), JSON.stringify(who), { mode: FILE_MODE });
      }
      await rename(draft, own.#path('sock'));
    } catch (error) {
      await own.release();
      if (errno(error) === 'ENOENT') return undefined;
      throw error;
    }
    return own;
  }

  become(role: Answer['role']): void {
    this.#role = role;
  }

  visible(): boolean {
    try {
      return statSync(this.#path('sock'), { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  }

  release(): Promise<void> {
    this.#released ??= this.#close();
    return this.#released;
  }

  #path(ending: string): string {
    return join(this.#directory, `${this.name}.${ending}`);
  }

  async #close(): Promise<void> {
    await removeName(this.#directory, this.name);
    await new Promise<void>((resolved) => {
      this.#server.close(() => resolved());
    });
  }
}
