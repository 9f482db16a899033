/**
 * One process holds a journal directory. The proof of life is a unix socket in it: a process that runs or
 * is stopped (SIGSTOP, a frozen container) is connected to by the kernel; of one that is dead the kernel
 * refuses (ECONNREFUSED). No sleep, lease or clock is part of the proof (R2). Names: owner-socket.ts.
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
 *
 * The one exception is people's: whom two of them declared dead (fence.ts) and who gives no answer counts
 * as refused. Then the proof above rests on their word.
 */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { YinqiError } from '../errors.ts';
import { errno, makeDirectory, realDisk } from './disk.ts';
import { isFenced, type Saying, sayings } from './fence.ts';
import {
  checkLength,
  isDraft,
  OwnSocket,
  removeDraft,
  removeName,
  VISIBLE,
} from './owner-socket.ts';
import { type Life, probe } from './probe.ts';

export interface Ownership {
  readonly pid: number;
  readonly since: Date;
  /** Two people's word that the one before can never write again; empty: the kernel refused it, or nobody was there. */
  readonly fencedBy: readonly Saying[];
  /**
   * False when somebody removed our socket: from then on another process may think us dead, so the caller
   * must end. One stat; the caller polls.
   */
  visible(): boolean;
  /** Stop sending first. May be called again. */
  release(): Promise<void>;
}

/** all attempts together */
const CONTEST_MS = 5_000;
const ROUND_MS = 15;
const RETRY_MS = 50;

/** One that is not proven dead, by the name of its socket. */
export interface Living {
  readonly name: string;
  readonly life: Exclude<Life, 'dead'>;
}

interface Round {
  readonly living: readonly Living[];
  /** names the owner may remove */
  readonly dead: readonly string[];
  readonly drafts: readonly string[];
  readonly fencedBy: readonly Saying[];
}

/** Every other visible socket, asked at once. */
async function look(directory: string, own: string, withinMs?: number): Promise<Round> {
  const files = await readdir(directory);
  const names = files.flatMap((file) => VISIBLE.exec(file)?.[1] ?? []);
  const others = names.filter((name) => name !== own);
  const lives = await Promise.all(
    others.map((name) => probe(join(directory, `${name}.sock`), withinMs)),
  );
  const found = others.map((name, i) => ({ name, life: lives[i] ?? ('silent' as const) }));
  const fenced = found.filter(({ name, life }) => life === 'silent' && isFenced(directory, name));
  return {
    living: found.flatMap(({ name, life }) =>
      life === 'dead' || fenced.some((one) => one.name === name) ? [] : [{ name, life }],
    ),
    dead: [...found.filter(({ life }) => life === 'dead'), ...fenced].map(({ name }) => name),
    drafts: files.filter(isDraft),
    fencedBy: fenced.flatMap(({ name }) => sayings(directory, name)),
  };
}

/** All that is visible in a directory and not proven dead. Changes nothing; anybody may look. */
export async function whoHolds(directory: string, withinMs?: number): Promise<readonly Living[]> {
  return (await look(resolve(directory), '', withinMs)).living;
}

function heldBy(life: Life): YinqiError {
  const detail =
    typeof life === 'object'
      ? `pid ${life.pid} since ${life.since}`
      : 'its process is alive and does not answer: stopped, busy or of another user';
  return new YinqiError('JOURNAL_HELD', { path: 'journal.directory', detail });
}

/** Removes the dead only as the owner, and before anybody is told that we are. */
async function contest(
  directory: string,
  own: OwnSocket,
  until: number,
): Promise<{ fencedBy: readonly Saying[] } | undefined> {
  for (;;) {
    const { living, dead, drafts, fencedBy } = await look(directory, own.name);
    if (living.length === 0) {
      own.become('owner');
      await Promise.all([
        ...dead.map((name) => removeName(directory, name)),
        ...drafts.map((draft) => removeDraft(directory, draft)),
      ]);
      return own.visible() ? { fencedBy } : undefined;
    }
    for (const { life } of living) {
      if (life === 'silent' || (typeof life === 'object' && life.role === 'owner'))
        throw heldBy(life);
    }
    const lower = living.some(({ name, life }) => life !== 'leaving' && name < own.name);
    if (lower || performance.now() > until) return undefined;
    await sleep(ROUND_MS);
  }
}

async function hold(directory: string): Promise<Ownership> {
  await makeDirectory(realDisk, directory);
  const until = performance.now() + CONTEST_MS;
  do {
    const own = await OwnSocket.open(directory);
    if (own === undefined) continue;
    let won: Awaited<ReturnType<typeof contest>>;
    try {
      won = await contest(directory, own, until);
    } finally {
      if (won === undefined) await own.release();
    }
    if (won !== undefined) {
      const { fencedBy } = won;
      const { pid, since } = own;
      return { pid, since, fencedBy, visible: () => own.visible(), release: () => own.release() };
    }
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
    // who we are is written beside our socket: a full disk is the disk's fault, and passes
    const full = ['ENOSPC', 'EDQUOT'].includes(errno(error));
    throw new YinqiError(full ? 'JOURNAL_WRITE' : 'CONFIG_INVALID', options);
  }
}
