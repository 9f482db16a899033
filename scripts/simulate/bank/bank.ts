/**
 * The whole mock bank in virtual time: its ledger, its dialects, its faults, without its sockets. What it
 * executes it executes for each request it gets, a repeated serial too; the books count by obligation.
 */
import { beginning } from '../../../mock-bank/bank/accounts.ts';
import type { Bank } from '../../../mock-bank/bank/bank.ts';
import type { Credit } from '../../../mock-bank/bank/credits.ts';
import { settings } from '../../../mock-bank/bank/settings.ts';
import { openAccount } from '../../../mock-bank/control/doing.ts';
import { accountInput } from '../../../mock-bank/control/shapes.ts';
import { DIALECTS } from '../../../mock-bank/dialects.ts';
import { FaultPlan } from '../../../mock-bank/fault-plan.ts';
import { type Fault, fits } from '../../../mock-bank/faults.ts';
import { type Asked, Desk } from '../../../mock-bank/front/desk.ts';
import type { Wire } from '../../../mock-bank/front/wire.ts';
import { wireOf } from '../../../mock-bank/front/wires.ts';
import { violations } from '../../../mock-bank/ledger/invariants.ts';
import type { BankSpec } from '../../../src/protocol/spec.ts';
import { readSpec } from '../../../src/spec-directory.ts';
import { Caller, type Front } from './caller.ts';
import type {
  BankAct,
  BankBooks,
  BankCredit,
  BankCreditRow,
  SimulatedBank,
  SimulatedBankOptions,
} from './shapes.ts';

interface Later {
  readonly at: number;
  readonly order: number;
  readonly run: () => readonly BankAct[];
  /** a request kept unread */
  readonly held?: Asked;
}

const specs = new Map<string, BankSpec>();

/** A spec never changes while a simulation runs, and is dear to read. */
function specAt(path: string): BankSpec {
  const spec = specs.get(path) ?? readSpec(path);
  specs.set(path, spec);
  return spec;
}

/** What the gateway writes in front of the memo is the ledger's own reference (`businessRefInMemo`). */
const obligationIn = (memo: string): string => memo.split(' ')[0] ?? '';

const pending = new Set(['processing', 'scheduled', 'review']);

const rowOf = ({ entry }: Credit): BankCreditRow => ({
  ...{ account: entry.account, amount: entry.amount, memo: entry.memo },
  ...{ payerAccount: entry.other.account, payerName: entry.other.name },
  ...{ at: entry.at, visibleAt: entry.visibleAt, number: entry.number, sequence: entry.sequence },
});

export const openSimulatedBank = (options: SimulatedBankOptions): SimulatedBank =>
  new WholeBank(options);

class WholeBank implements SimulatedBank {
  readonly #bank: Bank;
  readonly #desk: Desk;
  readonly #wire: Wire;
  readonly #decide: SimulatedBankOptions['decide'];
  readonly #answerMs: number;
  readonly #callers = new Map<number, Caller>();
  readonly #before = new Map<string, number>();
  #later: Later[] = [];
  #orders = 0;
  #now: number;

  constructor(options: SimulatedBankOptions) {
    const spec = typeof options.spec === 'string' ? specAt(options.spec) : options.spec;
    const { bank: name, connection } = spec.protocol;
    const dialect = DIALECTS[name];
    if (dialect === undefined || connection.session !== undefined) {
      throw new Error(`the simulation does not play ${name}`);
    }
    this.#now = options.startAt;
    this.#decide = options.decide;
    this.#answerMs = options.answerMs ?? 1;
    this.#bank = beginning({ settings: settings.parse(options.settings ?? {}), at: this.#now });
    const clock = { now: () => this.#now, after: () => () => undefined };
    for (const account of options.accounts ?? []) {
      openAccount({ bank: this.#bank, clock }, accountInput.parse(account));
    }
    this.#desk = new Desk({ bank: this.#bank, plan: new FaultPlan(), spec, dialect, clock });
    this.#wire = wireOf(spec, this.#bank);
  }

  connected(connection: number, now: number): void {
    this.#at(now);
    this.#callers.set(connection, new Caller(connection, this.#front));
  }

  received(connection: number, bytes: Uint8Array, now: number): readonly BankAct[] {
    this.#at(now);
    return this.#callers.get(connection)?.received(bytes) ?? [];
  }

  ended(connection: number, now: number, how: 'fin' | 'gone'): readonly BankAct[] {
    this.#at(now);
    const acts = this.#callers.get(connection)?.ended() ?? [];
    if (how === 'fin') return acts;
    this.#callers.delete(connection);
    return [];
  }

  nextAt(): number | undefined {
    const times = [this.#later[0]?.at, this.#bank.agenda.next()].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  due(now: number): readonly BankAct[] {
    const acts: BankAct[] = [];
    for (;;) {
      const [first] = this.#later;
      if (first === undefined || first.at > now) break;
      this.#later.shift();
      this.#at(first.at);
      acts.push(...first.run());
    }
    this.#at(now);
    return acts;
  }

  credit(given: BankCredit, now: number, visibleAfterMs?: number): BankCreditRow | undefined {
    this.#at(now);
    const { account, amount, memo, payerAccount, payerName } = given;
    const payer = { account: payerAccount, name: payerName };
    const late = visibleAfterMs === undefined ? {} : { visibleAfterMs };
    const made = this.#bank.credit({ account, amount, kind: 'credit', payer, memo, ...late }, now);
    return made === undefined ? undefined : rowOf(made);
  }

  restart(now: number): readonly BankAct[] {
    this.#at(now);
    this.#later = [];
    const connections = [...this.#callers.keys()];
    this.#callers.clear();
    return connections.map((connection) => ({ connection, afterMs: 0, is: 'reset' }));
  }

  readonly books: BankBooks = {
    executions: () =>
      this.#bank.orders.executions().map(({ memo, serial, transaction, from, to, amount, at }) => ({
        obligation: obligationIn(memo),
        ...{ serial, transaction, from, to, amount, at },
      })),
    credits: () => this.#bank.credits.filter(({ kind }) => kind === 'credit').map(rowOf),
    members: () =>
      new Map(
        [...this.#bank.openings.keys()].map((number) => [
          number,
          this.#bank.books.ledger.account(number)?.state ?? '',
        ]),
      ),
    open: () => [
      ...this.#later.flatMap(({ held }) =>
        held === undefined
          ? []
          : { obligation: obligationIn(held.memo), serial: held.serial, where: 'held' as const },
      ),
      ...this.#bank.orders
        .all()
        .filter(({ state }) => pending.has(state))
        .map(({ movement: { memo, serial } }) => ({
          ...{ obligation: obligationIn(memo), serial, where: 'pending' as const },
        })),
    ],
    violations: () => [...violations(this.#bank.books.ledger), ...this.#desk.defects],
  };

  /** Time goes on, and what the bank had to do by then is done. */
  #at(now: number): void {
    this.#now = Math.max(this.#now, now);
    this.#bank.tick(this.#now);
  }

  get #front(): Front {
    return {
      ...{ desk: this.#desk, wire: this.#wire, answerMs: this.#answerMs },
      now: () => this.#now,
      decide: (connection, asked) => this.#chosen(connection, asked),
      hold: (held, ms, run) => this.#add({ held, run }, ms),
      later: (ms, run) => this.#add({ run }, ms),
    };
  }

  #add(one: Pick<Later, 'run' | 'held'>, ms: number): void {
    this.#orders += 1;
    this.#later.push({ ...one, at: this.#now + ms, order: this.#orders });
    this.#later.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  #chosen(connection: number, asked: Asked): Fault | undefined {
    const { transaction, serial, memo, message } = asked;
    if (message === undefined) return undefined;
    const name = `${transaction}/${serial}`;
    const before = this.#before.get(name) ?? 0;
    this.#before.set(name, before + 1);
    const { repertoire } = this.#desk.dialect;
    const movement = repertoire.isMovement(transaction);
    const statement = repertoire.statementOf(transaction, message) !== undefined;
    const { bank } = this.#desk.spec.protocol;
    const fault = this.#decide({
      ...{ at: this.#now, connection, bank, transaction, serial, memo },
      ...{ movement, statement, before },
    });
    const kind = { movement, statement, wire: this.#wire.name };
    return fault !== undefined && fits(fault.kind, kind) ? fault : undefined;
  }
}
