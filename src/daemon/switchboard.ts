/**
 * The switch of each link (journal/hold-file.ts), looked at twice a second: every turn of it that is
 * noticed becomes a record with who and why, whoever turned it and however, also while no process ran. The
 * files are the state; what stands here is only what was noticed of them.
 *
 * A process all of whose links were turned to `drain` ends when nothing is on its way any more. One that
 * was started so stays: somebody wants it there.
 */

import { YinqiError } from '../errors.ts';
import { errno } from '../journal/disk.ts';
import {
  forgetWords,
  type SwitchState,
  stopsOf,
  switchOf,
  turnSwitch,
  type Words,
  wordsOf,
} from '../journal/hold-file.ts';
import type { Switched } from '../journal/known.ts';
import type { Log } from '../ops/log.ts';
import type { LinkStatus, Switches, Turn } from '../ops/switches.ts';
import type { Cancel, Timers } from '../timers.ts';
import type { OpenLink } from './links.ts';

const LOOK_MS = 500;
const BY_SIGNAL: Words = { who: 'signal', why: 'SIGUSR2' };
const VALUE = { run: 0, hold: 1, drain: 2 } as const;

export interface SwitchboardOptions {
  readonly directory: string;
  readonly links: readonly OpenLink[];
  readonly log: Log;
  readonly timers: Timers;
  readonly onFatal: (error: unknown) => void;
  /** All links were drained, and nothing is on its way. Called once. */
  readonly onDrained: () => void;
}

interface Read {
  readonly state: SwitchState;
  readonly words: Words;
  readonly done: () => void;
}

const nameOf = ({ engine }: OpenLink): string => engine.ctx.link.name;

export class Switchboard implements Switches {
  readonly #options: SwitchboardOptions;
  readonly #noticed = new Map<string, Switched>();
  #turning: Promise<void> = Promise.resolve();
  #cancel: Cancel | undefined;
  #drains = false;
  #stopped = false;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    for (const link of options.links) {
      const { journal, link: settings } = link.engine.ctx;
      this.#noticed.set(settings.name, journal.index.switched(settings.name));
    }
  }

  /** Records what was turned while nobody ran, and looks from then on. */
  async start(): Promise<void> {
    await this.#look();
    this.#drains = false;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#turning;
  }

  status(): LinkStatus[] {
    return this.#options.links.map((link) => this.#statusOf(link));
  }

  async turn({ link, state, who, why }: Turn): Promise<LinkStatus[]> {
    const { directory, links } = this.#options;
    const meant = links.filter((one) => link === undefined || nameOf(one) === link);
    if (meant.length === 0) throw new YinqiError('FIELD_CHOICE', { path: 'body.link' });
    try {
      turnSwitch(directory, state, { who, why }, link);
    } catch (error) {
      throw new YinqiError('JOURNAL_WRITE', { path: 'hold', detail: errno(error), cause: error });
    }
    if (state === 'run') for (const one of meant) one.standing.set('send', 'signal', undefined);
    await this.#look();
    return meant.map((one) => this.#statusOf(one));
  }

  /** For SIGUSR2: nothing is sent from this turn of the event loop on, even if the disk takes no file. */
  hold(): void {
    const { directory, links, log } = this.#options;
    try {
      turnSwitch(directory, 'hold', BY_SIGNAL);
    } catch (error) {
      log.error('hold-not-written', { error });
      const why = 'held by a signal, and the hold file could not be written';
      for (const { standing } of links) standing.set('send', 'signal', why);
    }
  }

  #stateOf(link: OpenLink): SwitchState {
    const [strictest] = stopsOf(this.#options.directory, nameOf(link));
    if (strictest === undefined) return 'run';
    return strictest.startsWith('drain') ? 'drain' : 'hold';
  }

  #statusOf(link: OpenLink): LinkStatus {
    const { directory } = this.#options;
    const { engine, standing } = link;
    const name = nameOf(link);
    const [file] = stopsOf(directory, name);
    const state = this.#stateOf(link);
    const scope = file?.includes('.') ? name : undefined;
    return {
      link: name,
      state,
      ...(file === undefined ? {} : wordsOf(directory, state, scope)),
      up: engine.ctx.line.up,
      onTheirWay: engine.onTheirWay,
      whyNotSend: standing.whyNotSend(),
      whyNotTake: standing.whyNotTake(),
    };
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.timers.after(LOOK_MS, () => {
      this.#look()
        .catch(this.#options.onFatal)
        .finally(() => this.#schedule());
    });
  }

  /** One look at a time: what is noticed is recorded once. */
  #look(): Promise<void> {
    this.#turning = this.#turning.then(() => this.#notice());
    return this.#turning;
  }

  async #notice(): Promise<void> {
    const { links, onDrained } = this.#options;
    const all = this.#read();
    for (const link of links) await this.#compare(link, 'process', all);
    all.done();
    for (const link of links) {
      const name = nameOf(link);
      const own = this.#read(name);
      await this.#compare(link, 'link', own);
      own.done();
      const state = this.#stateOf(link);
      link.engine.ctx.metrics.gauge(name, { switch: VALUE[state] });
    }
    const isEmpty = links.every(
      (link) => this.#stateOf(link) === 'drain' && link.engine.onTheirWay === 0,
    );
    if (!this.#drains || !isEmpty) return;
    this.#drains = false;
    this.#options.log.warn('drained', { why: 'nothing is on its way any more' });
    onDrained();
  }

  /** How the files stand. `done`: the words of a lifting are journaled or out of date, unless there are new ones. */
  #read(link?: string): Read {
    const { directory } = this.#options;
    const state = switchOf(directory, link);
    const lifted = wordsOf(directory, 'run', link);
    const words = state === 'run' ? lifted : wordsOf(directory, state, link);
    const done = (): void => {
      const { who, why } = wordsOf(directory, 'run', link);
      if (who === lifted.who && why === lifted.why) forgetWords(directory, link);
    };
    return { state, words, done };
  }

  async #compare({ engine }: OpenLink, of: keyof Switched, { state, words }: Read): Promise<void> {
    const { journal, link, log, store } = engine.ctx;
    const before = this.#noticed.get(link.name);
    if (before === undefined || before[of] === state) return;
    this.#noticed.set(link.name, { ...before, [of]: state });
    if (state === 'drain') this.#drains = true;
    const [record] = await journal.append([
      { kind: 'operator', link: link.name, watermark: store.seen, what: state, of, ...words },
    ]);
    log.warn('switched', {
      link: link.name,
      kind: state,
      why: of === 'process' ? 'all links' : 'this link alone',
      ...(record === undefined ? {} : { record: record.n }),
    });
    if (state === 'run') engine.poke();
  }
}

/** For SIGUSR2 in a process that does not work yet, or stands by: the file is the state of whoever does. */
export function holdByFile(directory: string): void {
  turnSwitch(directory, 'hold', BY_SIGNAL);
}
