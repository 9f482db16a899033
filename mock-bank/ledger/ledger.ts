/**
 * The double-entry ledger. Pure: time is passed in, nothing is read or written outside.
 * `post` either books all legs of a posting or throws DEFECT; who may pay whom is decided before.
 */
import { YinqiError } from '../../src/errors.ts';
import { dayOf, timeOf } from './calendar.ts';
import type { Account, AccountKind, AccountState, Entry, Freeze, Leg, Posting } from './shapes.ts';

/** Large enough for any test, small enough for decimal(15,2). */
const unlimited = 10n ** 14n;

/** 附属账户体系: members' accounts and the public ones. */
export const SUB_KINDS: readonly AccountKind[] = [
  'adjustment',
  'initialisation',
  'interest',
  'member',
];

export interface NewAccount {
  number: string;
  name: string;
  kind: AccountKind;
  at: number;
  state?: AccountState;
  overdraft?: bigint | 'full';
}

export class Ledger {
  readonly #accounts = new Map<string, Account>();
  readonly #entries: Entry[] = [];
  readonly #byAccount = new Map<string, Entry[]>();
  readonly #freezes = new Map<string, Freeze>();
  #postings = 0;

  open(given: NewAccount): Account {
    if (this.#accounts.has(given.number)) {
      throw new YinqiError('DEFECT', { detail: 'account number is taken' });
    }
    const account: Account = {
      number: given.number,
      name: given.name,
      kind: given.kind,
      state: given.state ?? '0',
      balance: 0n,
      frozen: 0n,
      overdraft: given.overdraft ?? 0n,
      openedAt: given.at,
    };
    this.#accounts.set(given.number, account);
    this.#byAccount.set(given.number, []);
    return account;
  }

  account(number: string): Account | undefined {
    return this.#accounts.get(number);
  }

  accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  entries(): readonly Entry[] {
    return this.#entries;
  }

  entriesOf(number: string): readonly Entry[] {
    return this.#byAccount.get(number) ?? [];
  }

  freezes(): Freeze[] {
    return [...this.#freezes.values()];
  }

  freeze(number: string): Freeze | undefined {
    return this.#freezes.get(number);
  }

  /** What may still be spent, overdraft included. */
  available(account: Account): bigint {
    const own = account.balance - account.frozen;
    return account.overdraft === 'full' ? own + unlimited : own + account.overdraft;
  }

  /** Books all legs; answers the rows it made, in the order of the legs (none for the outside world). */
  post(posting: Posting): Entry[] {
    const total = posting.legs.reduce((sum, leg) => sum + leg.amount, 0n);
    if (total !== 0n) throw new YinqiError('DEFECT', { detail: 'legs do not balance' });
    const held = posting.legs.map((leg) => this.#must(leg.account));
    this.#postings += 1;
    const number = `SC${String(this.#postings).padStart(12, '0')}`;
    const made: Entry[] = [];
    posting.legs.forEach((leg, index) => {
      const account = held[index];
      if (account === undefined) return;
      account.balance += leg.amount;
      if (account.kind !== 'outside') made.push(this.#enter(posting, leg, account, number, index));
    });
    return made;
  }

  hold(freeze: Omit<Freeze, 'number' | 'active'>): Freeze {
    const account = this.#must(freeze.account);
    const counted = String(this.#freezes.size + 1).padStart(12, '0');
    const made: Freeze = { ...freeze, number: `FZ${dayOf(freeze.at)}${counted}`, active: true };
    account.frozen += freeze.amount;
    this.#freezes.set(made.number, made);
    return made;
  }

  release(number: string, at: number): void {
    const freeze = this.#freezes.get(number);
    if (freeze === undefined || !freeze.active) {
      throw new YinqiError('DEFECT', { detail: 'freeze is not active' });
    }
    freeze.active = false;
    freeze.releasedAt = at;
    this.#must(freeze.account).frozen -= freeze.amount;
  }

  /** Rows of an account (when there is none: of all those of CITIC's sub-account system), in the order of booking. */
  find(where: { account?: string; from: string; to: string; now: number }): Entry[] {
    const all = where.account === undefined ? this.#entries : this.entriesOf(where.account);
    return all.filter((entry) => {
      if (entry.date < where.from || entry.date > where.to) return false;
      if (entry.visibleAt > where.now) return false;
      if (where.account !== undefined) return true;
      return SUB_KINDS.includes(this.#must(entry.account).kind);
    });
  }

  #must(number: string): Account {
    const account = this.#accounts.get(number);
    if (account === undefined) throw new YinqiError('DEFECT', { detail: 'no such account' });
    return account;
  }

  #enter(posting: Posting, leg: Leg, account: Account, number: string, index: number): Entry {
    const fee = leg.fee ?? 0n;
    const debit = leg.amount < 0n || leg.negativeDebit === true;
    const entry: Entry = {
      account: account.number,
      at: posting.at,
      date: dayOf(posting.at),
      time: timeOf(posting.at),
      number: leg.sameKeyAs?.number ?? number,
      sequence: leg.sameKeyAs?.sequence ?? String(index + 1),
      type: posting.type,
      direction: debit ? 'D' : 'C',
      amount: debit ? -leg.amount - fee : leg.amount + fee,
      balance: account.balance,
      fee,
      other: leg.other,
      memo: posting.memo,
      verifyCode: verifyCode(number, index),
      visibleAt: posting.visibleAt ?? posting.at,
    };
    if (account.kind === 'adjustment' && posting.type === '22') entry.waiting = leg.amount > 0n;
    this.#entries.push(entry);
    this.#byAccount.get(account.number)?.push(entry);
    return entry;
  }
}

/** A receipt code that looks like one and is the same each time it is asked for. */
function verifyCode(number: string, index: number): string {
  let hash = 2166136261;
  for (const char of `${number}/${index}`) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  }
  return `${hash.toString(36).toUpperCase().padStart(7, '0')}${number.slice(-6)}`;
}
