/**
 * One run: a bank, a Redis, a disk, a network, a ledger, people, and a gateway that a supervisor starts again
 * whenever it ends. Everything happens in virtual time on one scheduler.
 */
import type { LinkConfig, SourceConfig } from '../../src/config.ts';
import type { Failpoint } from '../../src/engine/context.ts';
import { YinqiError } from '../../src/errors.ts';
import { openJournal } from '../../src/journal/journal.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { Decide, SimulatedBank } from './bank/shapes.ts';
import { Chance } from './chance.ts';
import { allTold } from './credited.ts';
import { SimulatedDisk } from './disk.ts';
import { Gateway, JOURNAL } from './gateway.ts';
import { Host } from './host.ts';
import { Ledger } from './ledger.ts';
import { Network } from './network.ts';
import { judge } from './oracle.ts';
import { People } from './people.ts';
import { SimulatedRedis } from './redis.ts';
import { Scheduler } from './scheduler.ts';

/** Wall clock of the beginning. */
export const EPOCH = Date.UTC(2026, 8, 24, 2);
const RESTART_MS = 300;
const PEOPLE_MS = 3_000;
/** What is not settled by then is lost. */
const GIVEN_UP_MS = 1_800_000;

export interface WorldOptions {
  /** undefined: nothing is left to chance, the oldest event comes first */
  readonly chance: Chance | undefined;
  readonly link: LinkConfig;
  readonly source: SourceConfig;
  readonly spec: BankSpec;
  readonly bank: (decide: Decide) => SimulatedBank;
  readonly decide: Decide;
  readonly latencyMs: () => number;
  readonly note: ((line: string) => void) | undefined;
}

/** What is never recovered from: a defect, not a fault. */
const DEFECTS = ['DEFECT', 'JOURNAL_DAMAGED', 'JOURNAL_FOREIGN', 'REDIS_WRONG_TYPE'];

export class World {
  readonly scheduler: Scheduler;
  readonly redis: SimulatedRedis;
  readonly disk: SimulatedDisk;
  readonly network: Network;
  readonly bank: SimulatedBank;
  readonly ledger: Ledger;
  readonly people: People;
  readonly host = new Host('world');
  readonly violations: string[] = [];
  /** ms that the machine's wall clock is ahead */
  wallAheadMs = 0;
  /** called at every failpoint of a living process */
  atFailpoint: (host: Host, at: Failpoint) => void = () => undefined;
  crashes = 0;
  readonly #options: WorldOptions;
  readonly #draws: Chance;
  #gateway: Gateway | undefined;
  #runs = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { chance, latencyMs } = options;
    this.#draws = chance?.fork() ?? new Chance(1);
    this.scheduler = new Scheduler(chance?.fork());
    this.redis = new SimulatedRedis(this.scheduler, () => this.time, latencyMs);
    this.disk = new SimulatedDisk(this.scheduler, latencyMs);
    this.bank = options.bank((asked) => {
      const { before, movement, serial } = asked;
      if (movement && before > 0) this.broken(`${serial} came to the bank ${before + 1} times`);
      return options.decide(asked);
    });
    this.network = new Network(this.scheduler, this.bank, EPOCH);
    const note = (who: string, what: string): void => this.note(who, what);
    this.ledger = new Ledger(this.redis, this.scheduler, {
      chance: chance?.fork(),
      wall: () => this.time,
      note,
      askAfterMs: 15_000,
    });
    this.people = new People({
      gateway: () => this.#gateway,
      source: options.source.name,
      books: this.bank.books,
      mayStillCome: () => this.network.onTheWay || this.#gateway?.host.state === 'stopped',
      note,
    });
    this.redis.onJob = () => this.#gateway?.look();
    this.redis.onOut = () => this.ledger.look();
  }

  /** The true time, which Redis and bank keep. */
  get time(): number {
    return Math.floor(EPOCH + this.scheduler.now);
  }

  get gateway(): Gateway | undefined {
    return this.#gateway;
  }

  note(who: string, what: string): void {
    const { note } = this.#options;
    if (note === undefined) return;
    const at = (this.scheduler.now / 1000).toFixed(3).padStart(9);
    note(`${at}  ${who.padEnd(9)} ${what}`);
  }

  broken(why: string): void {
    this.violations.push(why);
    this.note('VIOLATION', why);
  }

  begin(): void {
    this.#start();
    this.#peopleLook();
  }

  /** Only where nobody lives who holds the journal: a stopped one lives. */
  #start(): void {
    if (this.#gateway !== undefined && !this.#gateway.host.dead) return;
    this.#runs += 1;
    const { link, source, spec } = this.#options;
    const { disk, network, redis, scheduler } = this;
    const ground = {
      ...{ scheduler, redis, disk, network, link, source, spec },
      wall: () => this.time + this.wallAheadMs,
      note: (who: string, what: string) => this.note(who, what),
      failpoint: (host: Host, at: Failpoint) => {
        if (host.state === 'running') this.atFailpoint(host, at);
      },
      fatal: (host: Host, error: unknown) => this.#fatal(host, error),
      broken: (why: string) => this.broken(why),
    };
    this.#gateway = new Gateway(ground, `gw${this.#runs}`, this.#draws.fork());
    this.note('world', `starts ${this.#gateway.host.name}`);
    this.#gateway.start();
  }

  #fatal(host: Host, error: unknown): void {
    if (host.dead) return;
    const code = error instanceof YinqiError ? error.code : 'DEFECT';
    this.note(host.name, `ends: ${String(error)}`);
    if (DEFECTS.includes(code)) {
      const where = error instanceof Error ? (error.stack ?? '') : '';
      this.broken(`${host.name} ended with ${String(error)} ${where}`);
    }
    this.#ended(host);
  }

  /** kill -9, now, in the middle of whatever it does. */
  kill(why: string): void {
    const host = this.#gateway?.host;
    if (host === undefined || host.dead) return;
    this.crashes += 1;
    this.note('world', `kills ${host.name}: ${why}`);
    this.#ended(host);
  }

  /** SIGSTOP; after `ms` it goes on as if nothing had been, or is killed by whoever wants its journal. */
  stop(ms: number, then: 'goes on' | 'is killed'): void {
    const host = this.#gateway?.host;
    if (host === undefined || host.dead) return;
    this.crashes += 1;
    this.note('world', `stops ${host.name}, which ${then} after ${ms} ms`);
    host.stop();
    this.scheduler.after(this.host, ms, then, () => {
      if (then === 'goes on') host.goOn();
      else if (!host.dead) this.kill('takeover');
    });
  }

  #ended(host: Host): void {
    host.die();
    this.scheduler.after(this.host, RESTART_MS, 'restart', () => this.#start());
  }

  #peopleLook(): void {
    this.scheduler.after(this.host, PEOPLE_MS, 'people look', () => {
      this.people.look();
      this.#peopleLook();
    });
  }

  /** Until `done`, or until virtual `ms` have passed; false in the latter case. */
  async runUntil(done: () => boolean, ms: number): Promise<boolean> {
    const end = this.scheduler.now + ms;
    while (!done()) if (!(await this.scheduler.step(end))) return false;
    return true;
  }

  get settled(): boolean {
    return (
      this.ledger.settled &&
      this.redis.queues.out.size === 0 &&
      this.bank.nextAt() === undefined &&
      this.bank.books.open().length === 0 &&
      !this.network.onTheWay &&
      allTold(this.bank.books, this.ledger.notices)
    );
  }

  /** Lets everything settle, then asks what became of it. */
  async judge(aftermathMs: number): Promise<string[]> {
    if (!(await this.runUntil(() => this.settled, GIVEN_UP_MS))) this.note('world', 'not settled');
    // what is late comes now, and nothing may change any more
    await this.runUntil(() => false, aftermathMs);
    this.#gateway?.host.die();
    const reader = new Host('oracle');
    let found: string[] | undefined;
    const judged = openJournal(JOURNAL, {
      now: () => new Date(this.time),
      onFatal: () => undefined,
      disk: this.disk.of(reader),
    })
      .then((journal) => judge(this.ledger, this.bank.books, journal))
      .catch((error: unknown) => [`the journal cannot be read: ${String(error)}`])
      .then((one) => {
        found = one;
      });
    await this.runUntil(() => found !== undefined, GIVEN_UP_MS);
    if (found !== undefined) await judged;
    return [...this.violations, ...(found ?? ['the journal was not read'])];
  }
}
