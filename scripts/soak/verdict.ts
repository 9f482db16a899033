/**
 * The books side by side, per business obligation and never per serial: what the ledger ordered and was told, what the
 * gateway's journal says it sent and told, what the bank executed. Every figure is counted here; nothing is assumed.
 */
import type { RemoteControl } from '../../mock-bank/control/routes.ts';
import type { JournalView } from '../../src/journal/journal.ts';
import type { Books } from '../world/books.ts';
import { FORGED } from './credits.ts';
import { readJournal } from './journal-book.ts';
import { TRADING } from './links.ts';
import type { Obligation, Obligations } from './obligations.ts';

export interface Verdict {
  readonly paidTwice: readonly string[];
  readonly lost: readonly string[];
  readonly unsettled: readonly string[];
  /** rules broken that cost no money: a second content for one version, an entry of the bank's books that does not add up */
  readonly broken: readonly string[];
  readonly credits: number;
}

type Executions = Awaited<ReturnType<RemoteControl['executions']>>['executions'];
type Accounts = Awaited<ReturnType<RemoteControl['ledger']>>['accounts'];

/** How often the bank did what is owed. Undefined: nothing at the bank would show it. */
function timesDone(
  { proves, reference }: Obligation,
  executions: ReadonlyMap<string, Executions>,
  accounts: Accounts,
): number | undefined {
  switch (proves.by) {
    case 'memo':
      return executions.get(reference)?.length ?? 0;
    case 'amount':
      return (executions.get(proves.amount) ?? []).filter(({ transaction }) =>
        proves.transactions.includes(transaction),
      ).length;
    case 'account-name':
      return accounts.filter(({ name }) => name === proves.name).length;
    default:
      return undefined;
  }
}

/** By reference where the bank keeps one, else by amount. */
function byWhatTheyShow(executions: Executions): ReadonlyMap<string, Executions> {
  const found = new Map<string, Executions>();
  for (const execution of executions) {
    const key = /OBL\d{6}/.exec(execution.memo)?.[0] ?? execution.amount;
    const same = found.get(key);
    if (same === undefined) found.set(key, [execution]);
    else same.push(execution);
  }
  return found;
}

export async function judge(
  control: RemoteControl,
  books: Books,
  obligations: Obligations,
  journal: JournalView,
): Promise<Verdict> {
  const { executions } = await control.executions();
  const { accounts } = await control.ledger();
  const shown = byWhatTheyShow(executions);
  const paidTwice: string[] = [];
  const lost: string[] = [];
  const unsettled: string[] = [];
  for (const obligation of obligations.all) {
    const { ids, link, operation, reference } = obligation;
    const results = ids.map((id) => books.resultOf(id));
    const what = `${reference} (${operation} on ${link}): ${ids.map((id, at) => `${id} ${results[at]?.outcome ?? 'nothing'}`).join(', ')}`;
    const last = results.at(-1);
    const times = timesDone(obligation, shown, accounts);
    if (last?.final !== true) unsettled.push(what);
    if (times === undefined) continue;
    if (times > 1) paidTwice.push(`${what}; done ${times} times`);
    if (last?.final !== true) continue;
    if (last.outcome === 'succeeded' && times === 0) lost.push(`${what}; never done`);
    if (last.outcome === 'failed' && times > 0) paidTwice.push(`${what}; done all the same`);
  }
  const { violations } = await control.violations();
  const book = await readJournal(journal, books);
  paidTwice.push(...book.sentTwice);
  lost.push(...book.untold);
  const unproven = executions
    .filter(({ serial }) => !book.serials.has(serial))
    .map(({ serial, transaction }) => `${transaction} ${serial} was executed and never recorded`);
  const taken = await judgeCounter(control, books);
  lost.push(...taken.lost);
  paidTwice.push(...taken.twice);
  lost.push(...(await judgeAcknowledged(control, journal)));
  const credits = await judgeCredits(control, books);
  lost.push(...credits.lost);
  paidTwice.push(...credits.twice);
  const broken = [...books.broken, ...violations, ...book.broken, ...unproven];
  return { paidTwice, lost, unsettled, broken, credits: credits.told };
}

/** Every credit the bank booked is told once, and nothing else is told as one. */
async function judgeCredits(control: RemoteControl, books: Books) {
  const { credits } = await control.credits();
  const told = [...books.notices.values()].filter(({ type }) =>
    ['credit', 'unplaced'].includes(type),
  );
  const keys = new Map<string, number>();
  for (const { key, link } of told) {
    keys.set(`${link} ${key}`, (keys.get(`${link} ${key}`) ?? 0) + 1);
  }
  const twice = [...keys]
    .filter(([, times]) => times > 1)
    .map(([key, times]) => `the credit ${key} was told ${times} times under different versions`);
  const wanted = count(credits.map(({ entry }) => `${entry.account} ${entry.amount}`));
  const given = count(told.map(({ account, amount }) => `${account} ${amount}`));
  const lost: string[] = [];
  for (const [what, times] of wanted) {
    const missing = times - (given.get(what) ?? 0);
    if (missing > 0) lost.push(`${missing} of ${times} credits of ${what} never told`);
  }
  for (const [what, times] of given) {
    const more = times - (wanted.get(what) ?? 0);
    if (more > 0) twice.push(`${more} credits of ${what} told that the bank never booked`);
  }
  const forged = told.filter(({ amount }) => amount === FORGED);
  if (forged.length > 0) twice.push(`${forged.length} forged credits were told`);
  return { lost, twice, told: keys.size };
}

/** What the bank said by itself and got an answer to: it will not say it again, so the journal has it (R16). */
async function judgeAcknowledged(control: RemoteControl, journal: JournalView): Promise<string[]> {
  const { pushes } = await control.pushes();
  const kept = new Set([...journal.index.pushes(TRADING)].map(({ key }) => key.split('/').at(-1)));
  return pushes
    .filter(({ attempts }) => attempts.some(({ end }) => end === 'answered'))
    .filter(({ serial }) => !kept.has(serial))
    .map(({ serial, transaction }) => `${transaction} ${serial} was acknowledged and is not kept`);
}

/** Withdrawals at the bank's counter that it booked, and what was told of them. */
async function counterBook(control: RemoteControl, books: Books) {
  const { pushes } = await control.pushes();
  const booked = pushes.filter((push) => push.booked !== undefined).length;
  const told = [...books.said.values()].filter(({ type }) => type === 'withdrawn');
  return { booked, told };
}

async function judgeCounter(control: RemoteControl, books: Books) {
  const { booked, told } = await counterBook(control, books);
  const questions = new Set(told.map(({ question }) => question)).size;
  const twice = told.length - questions;
  return {
    lost: booked > questions ? [`${booked - questions} withdrawals at the counter never told`] : [],
    twice: [
      ...(twice > 0 ? [`${twice} withdrawals at the counter told again`] : []),
      ...(questions > booked
        ? [`${questions - booked} withdrawals told that were never made`]
        : []),
    ],
  };
}

function count(keys: readonly string[]): Map<string, number> {
  const counted = new Map<string, number>();
  for (const key of keys) counted.set(key, (counted.get(key) ?? 0) + 1);
  return counted;
}

/** Money the bank booked that nobody was told of yet; a quick look, while everything settles. */
export async function untold(control: RemoteControl, books: Books): Promise<number> {
  const { credits } = await control.credits();
  const types = new Set(['credit', 'unplaced']);
  const told = [...books.notices.values()].filter(({ type }) => types.has(type)).length;
  const counter = await counterBook(control, books);
  return Math.max(0, credits.length - told) + Math.max(0, counter.booked - counter.told.length);
}
