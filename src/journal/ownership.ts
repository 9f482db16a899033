/**
 * One process holds a journal directory. The proof of life is a unix socket in it: a process that runs or
 * is stopped (SIGSTOP, a frozen container) is connected to by the kernel; of one that is dead the kernel
 * refuses (ECONNREFUSED). No sleep, lease or clock is part of the proof (R2).
 *
 *   owner-<time><random>.new    bound, perhaps not listening yet: says nothing, nobody connects to it
 *   owner-<time><random>.sock   the same socket renamed once it listens: a candidate or the owner
 *
 * To own: listen, become visible by the rename, and only then look at every other visible socket. Alone:
 * owner. Otherwise an owner, or anybody who does not answer, ends the attempt; between candidates the
 * lower name stays and waits until it is alone, the higher ones withdraw.
 *
 * Why there are never two owners. Take two of them, P visible before Q. Q looked after it became visible,
 * so after P did. P's name was there: names are never used twice, and only P itself or one whom the kernel
 * refused P removes it. P was not refused, for it listened before it was visible and does so until it
 * releases. So Q connected to P and is no owner. The clock in the name and the withdrawing only serve
 * progress; a process paused anywhere between two lines above changes nothing; one killed between bind and
 * rename leaves a `.new` that means nothing, and removing the `.new` of a living one makes its rename fail.
 *
 * Whatever is neither refused nor gone counts as alive: a full backlog (EAGAIN on Linux), no permission, a
 * connection without an answer. Conditions: all processes run on one kernel (another machine's socket on
 * a network file system is refused as if its process were dead), and the kernel is Linux where it matters:
 * BSD and macOS refuse a full backlog too, so a stopped owner asked some hundred times looks dead there.
 */
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { YinqiError } from '../errors.ts';
import { errno, makeDirectory, realDisk } from './disk.ts';
import { type Answer, answerLine, type Life, probe } from './probe.ts';

export interface Ownership {
  readonly pid: number;
  readonly since: Date;
  /**
   * False when somebody removed our socket: from then on another process may think us dead, so the caller
   * must end. One stat; the caller polls.
   */
  visible(): boolean;
  /** Stop sending first. May be called again. */
  release(): Promise<void>;
}

const VISIBLE = /^owner-[0-9a-z]{14}\.sock$/;
const DRAFT = /^owner-[0-9a-z]{14}\.new$/;
const RANDOM_DIGITS = 6;
/** bytes of a path the kernel keeps without its NUL; libuv cuts a longer one silently */
const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;
/** all attempts together */
const CONTEST_MS = 5_000;
const ROUND_MS = 15;
const RETRY_MS = 50;

/** Short, for paths of sockets are; never used twice: the same millisecond and the same of 2 billion. */
function freshName(): string {
  const random = randomInt(36 ** RANDOM_DIGITS)
    .toString(36)
    .padStart(RANDOM_DIGITS, '0');
  return `owner-${Date.now().toString(36).padStart(8, '0')}${random}`;
}

function checkLength(directory: string): void {
  const bytes = Buffer.byteLength(join(directory, `${freshName()}.sock`));
  if (bytes <= PATH_BYTES_MAX) return;
  const room = PATH_BYTES_MAX - (bytes - Buffer.byteLength(directory));
  const detail = `the path has ${Buffer.byteLength(directory)} bytes, a unix socket in it leaves room for ${room}`;
  throw new YinqiError('CONFIG_INVALID', { path: 'journal.directory', detail });
}

/** Our own socket: visible from `open` until `release`. */
class OwnSocket implements Ownership {
  readonly pid = process.pid;
  readonly since = new Date();
  readonly name: string;
  readonly #path: string;
  readonly #server: Server;
  #role: Answer['role'] = 'candidate';
  #released: Promise<void> | undefined;

  constructor(directory: string, base: string) {
    this.name = `${base}.sock`;
    this.#path = join(directory, this.name);
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
    const base = freshName();
    const draft = join(directory, `${base}.new`);
    const own = new OwnSocket(directory, base);
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
      await rename(draft, own.#path);
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
      return statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  }

  release(): Promise<void> {
    this.#released ??= this.#close();
    return this.#released;
  }

  async #close(): Promise<void> {
    await rm(this.#path, { force: true });
    await new Promise<void>((resolved) => {
      this.#server.close(() => resolved());
    });
  }
}

interface Round {
  readonly living: readonly { name: string; life: Exclude<Life, 'dead'> }[];
  /** what the owner may remove */
  readonly dead: readonly string[];
}

/** Every other visible socket, asked at once. */
async function look(directory: string, own: string): Promise<Round> {
  const names = await readdir(directory);
  const others = names.filter((name) => VISIBLE.test(name) && name !== own);
  const lives = await Promise.all(others.map((name) => probe(join(directory, name))));
  const found = others.map((name, i) => ({ name, life: lives[i] ?? ('silent' as const) }));
  return {
    living: found.flatMap(({ name, life }) => (life === 'dead' ? [] : [{ name, life }])),
    dead: [
      ...found.flatMap(({ name, life }) => (life === 'dead' ? [name] : [])),
      ...names.filter((name) => DRAFT.test(name)),
    ],
  };
}

function heldBy(life: Life): YinqiError {
  const detail =
    typeof life === 'object'
      ? `pid ${life.pid} since ${life.since}`
      : 'its process is alive and does not answer: stopped, busy or of another user';
  return new YinqiError('JOURNAL_HELD', { path: 'journal.directory', detail });
}

/** Removes the dead only as the owner, and before anybody is told that we are. */
async function contest(directory: string, own: OwnSocket, until: number): Promise<boolean> {
  for (;;) {
    const { living, dead } = await look(directory, own.name);
    if (living.length === 0) {
      own.become('owner');
      await Promise.all(dead.map((name) => rm(join(directory, name), { force: true })));
      return own.visible();
    }
    for (const { life } of living) {
      if (life === 'silent' || (typeof life === 'object' && life.role === 'owner'))
        throw heldBy(life);
    }
    const lower = living.some(({ name, life }) => life !== 'leaving' && name < own.name);
    if (lower || performance.now() > until) return false;
    await sleep(ROUND_MS);
  }
}

async function hold(directory: string): Promise<Ownership> {
  await makeDirectory(realDisk, directory);
  const until = performance.now() + CONTEST_MS;
  do {
    const own = await OwnSocket.open(directory);
    if (own === undefined) continue;
    let won = false;
    try {
      won = await contest(directory, own, until);
    } finally {
      if (!won) await own.release();
    }
    if (won) return own;
    await sleep(RETRY_MS + Math.random() * RETRY_MS);
  } while (performance.now() < until);
  throw new YinqiError('JOURNAL_HELD', { path: 'journal.directory', detail: 'contested' });
}

/**
 * Throws JOURNAL_HELD when another process that is not proven dead holds it or is about to. The directory
 * is made, for its user alone, if it is missing.
 */
export async function holdDirectory(directory: string): Promise<Ownership> {
  const path = resolve(directory);
  checkLength(path);
  try {
    return await hold(path);
  } catch (error) {
    if (error instanceof YinqiError) throw error;
    const options = { path: 'journal.directory', detail: errno(error), cause: error };
    throw new YinqiError('CONFIG_INVALID', options);
  }
}
