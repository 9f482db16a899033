/**
 * Waiting for a journal directory that another process holds, to take it over when that one is dead:
 *
 *   it answers          wait
 *   it is silent        for `ownerSilentMs`, doing nothing: frozen
 *   it is frozen        killed by its pid, if the pid is still its own; then its socket must refuse
 *   it cannot be killed nothing is taken over, however long it takes; people are told (R2)
 *   nobody is left      the contest of ownership.ts: of several standbys one wins, the others wait again
 *
 * Death is never concluded from silence: only from the kernel's refusal, or from two people's word.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { YinqiError } from '../errors.ts';
import { errno } from './disk.ts';
import { whoIs } from './owner-socket.ts';
import { holdDirectory, type Living, type Ownership, whoHolds } from './ownership.ts';
import { ANSWER_MS } from './probe.ts';
import { type ProcessIdentity, processorUsed, whyNotThisOne } from './process-identity.ts';
import { Silence } from './silence.ts';

/** Of the other one, as it was seen last. */
export type Waiting =
  | { readonly for: 'owner'; readonly pid: number; readonly since: string }
  | { readonly for: 'silent'; readonly ms: number }
  /** it was sent SIGKILL; its socket does not refuse yet */
  | { readonly for: 'killed'; readonly pid: number }
  /** it neither answers nor can be killed */
  | { readonly for: 'frozen'; readonly why: string };

export interface StandbyOptions {
  /** ms without an answer after which a process that does nothing counts as frozen */
  readonly ownerSilentMs: number;
  /** SIGKILL to this pid; throws what the kernel says */
  readonly kill: (pid: number) => void;
  /** monotonic ms */
  readonly mono: () => number;
  /** ends the waiting, where something else than the end of the process does */
  readonly signal?: AbortSignal;
  /** told at every look */
  readonly onWaiting: (waiting: Waiting) => void;
}

export interface TakenOver extends Ownership {
  /** we had to kill it */
  readonly killed: boolean;
}

const LOOK_MS = 250;

class Standby {
  readonly #directory: string;
  readonly #options: StandbyOptions;
  readonly #silences = new Map<string, Silence>();
  /** when each was sent its first SIGKILL */
  readonly #told = new Map<string, number>();

  constructor(directory: string, options: StandbyOptions) {
    this.#directory = resolve(directory);
    this.#options = options;
  }

  get killed(): boolean {
    return this.#told.size > 0;
  }

  /** Resolves when nobody is seen any more. */
  async untilFree(): Promise<void> {
    const { onWaiting, ownerSilentMs, signal } = this.#options;
    const withinMs = Math.min(ANSWER_MS, ownerSilentMs / 4);
    for (;;) {
      signal?.throwIfAborted();
      const living = await whoHolds(this.#directory, withinMs);
      if (living.length === 0) return;
      for (const one of living) onWaiting(this.#consider(one));
      await sleep(LOOK_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  #consider({ name, life }: Living): Waiting {
    if (typeof life === 'object') {
      this.#silences.delete(name);
      // whoever we killed was not the one before us
      if (life.role === 'owner') this.#told.clear();
      return { for: 'owner', pid: life.pid, since: life.since };
    }
    const silence = this.#silences.get(name) ?? new Silence(this.#options.ownerSilentMs);
    this.#silences.set(name, silence);
    // `leaving` is an end under way, and the next look says more; if it never ends it is no answer either
    const who = whoIs(this.#directory, name);
    const used = who === undefined ? undefined : processorUsed(who);
    const now = this.#options.mono();
    silence.went({ at: now, used });
    if (!silence.isFrozen) return { for: 'silent', ms: Math.round(silence.lasts) };
    if (who === undefined) return { for: 'frozen', why: 'it left no record of who it is' };
    return this.#end(name, who, now);
  }

  /** Kills it, and gives its end a while: a process that dies is connected to until the last of it is gone. */
  #end(name: string, who: ProcessIdentity, now: number): Waiting {
    const { kill, ownerSilentMs } = this.#options;
    const told = this.#told.get(name);
    if (told !== undefined && now - told < ownerSilentMs) return { for: 'killed', pid: who.pid };
    const not = whyNotThisOne(who);
    if (not !== undefined) return { for: 'frozen', why: not };
    try {
      kill(who.pid);
    } catch (error) {
      return { for: 'frozen', why: `pid ${who.pid} cannot be killed: ${errno(error)}` };
    }
    this.#told.set(name, told ?? now);
    if (told === undefined) return { for: 'killed', pid: who.pid };
    return { for: 'frozen', why: `pid ${who.pid} was killed, and its socket does not refuse` };
  }
}

/** Resolves as the owner; rejects when `signal` is aborted, or for what no waiting mends (CONFIG_INVALID). */
export async function standBy(directory: string, options: StandbyOptions): Promise<TakenOver> {
  const standby = new Standby(directory, options);
  for (;;) {
    await standby.untilFree();
    try {
      const ownership = await holdDirectory(directory);
      return { ...ownership, killed: standby.killed };
    } catch (error) {
      const lost = error instanceof YinqiError && error.code === 'JOURNAL_HELD';
      if (!lost) throw error;
    }
  }
}
