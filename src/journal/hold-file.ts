/**
 * The switch of a link, as files in the journal directory, so that it needs no Redis and no network and
 * survives every restart. Whether a file is there is the state; what is in it says who and why.
 *
 *   hold,  hold.<link>     nothing new is sent, on all links or on one; taken in, asked and told as ever
 *   drain, drain.<link>    hold, and nothing is taken in either
 *   run,   run.<link>      no state: the words of whoever lifted the others, until they are journaled
 *
 * `touch` and `rm` work as well as the commands; then nobody is named. Read and written synchronously: a
 * few system calls, and the answer counts in the same turn of the event loop as the write it stops.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SWITCH_STATES = ['run', 'hold', 'drain'] as const;
export type SwitchState = (typeof SWITCH_STATES)[number];

/** Who turned it, and why; `file` where nobody said. */
export interface Words {
  readonly who: string;
  readonly why: string;
}

const WORDS_MAX = 300;
const NOBODY = 'file';
/** the strictest first */
const FILES = ['drain', 'hold'] as const;

const pathOf = (directory: string, state: SwitchState, link: string | undefined): string =>
  join(directory, link === undefined ? state : `${state}.${link}`);

/** Whatever keeps us from knowing counts as held. */
function isThere(directory: string, state: SwitchState, link: string | undefined): boolean {
  try {
    return statSync(pathOf(directory, state, link), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return state === 'hold';
  }
}

/** As the files of all links, or of this one alone, say. */
export function switchOf(directory: string, link?: string): SwitchState {
  return FILES.find((state) => isThere(directory, state, link)) ?? 'run';
}

/** Names of the files that stop this link, the strictest first; empty: it runs. */
export function stopsOf(directory: string, link?: string): string[] {
  const scopes = link === undefined ? [undefined] : [undefined, link];
  return FILES.flatMap((state) =>
    scopes.flatMap((scope) =>
      isThere(directory, state, scope) ? [scope === undefined ? state : `${state}.${scope}`] : [],
    ),
  );
}

const clean = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, WORDS_MAX);

/** What stands in the file of this state. Anything that is no record of ours is a reason in plain words. */
export function wordsOf(directory: string, state: SwitchState, link?: string): Words {
  try {
    const text = readFileSync(pathOf(directory, state, link), 'utf8');
    if (!text.startsWith('{')) return { who: NOBODY, why: clean(text) || NOBODY };
    const { who, why } = JSON.parse(text) as Partial<Record<keyof Words, unknown>>;
    if (typeof who !== 'string' || typeof why !== 'string') return { who: NOBODY, why: NOBODY };
    return { who: clean(who) || NOBODY, why: clean(why) || NOBODY };
  } catch {
    return { who: NOBODY, why: NOBODY };
  }
}

/**
 * Turns the switch of all links, or of one. The new state is there before the old one goes, so that a kill
 * in between leaves the stricter of the two. Throws what the disk says.
 */
export function turnSwitch(
  directory: string,
  state: SwitchState,
  words: Words,
  link?: string,
): void {
  // readable for the gateway where another user turned it: the directory lets nobody else in
  writeFileSync(pathOf(directory, state, link), JSON.stringify(words), { mode: 0o644 });
  for (const other of SWITCH_STATES) {
    if (other !== state) rmSync(pathOf(directory, other, link), { recursive: true, force: true });
  }
}

/** The words of whoever lifted it are journaled, or out of date. */
export function forgetWords(directory: string, link?: string): void {
  rmSync(pathOf(directory, 'run', link), { force: true });
}
