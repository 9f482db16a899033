/**
 * What is asked when everything has settled: the bank's books, the ledger's and the journal, against each
 * other. It knows nothing of how the gateway works.
 */
import { yuan } from '../../mock-bank/ledger/money.ts';
import type { Result } from '../../src/instruction/messages.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { JournalRecord } from '../../src/journal/records.ts';
import type { BankBooks } from './bank/shapes.ts';
import { credited } from './credited.ts';
import type { Ledger, Owed } from './ledger.ts';

/** Every violation in words; none is what is wanted. */
export async function judge(ledger: Ledger, books: BankBooks, journal: Journal): Promise<string[]> {
  const records: JournalRecord[] = [];
  for await (const record of journal.records()) records.push(record);
  return [
    ...ledger.violations,
    ...books.violations(),
    ...ledger.owed.flatMap((owed) => [...paid(owed, books), ...proven(owed, records)]),
    ...credited(books, ledger.notices),
    ...(ledger.contradictions > 0 ? [`${ledger.contradictions} finals were contradicted`] : []),
  ];
}

/** Once per obligation, over its amount, whatever serials it took, and as the ledger was told. */
function paid({ attempts, obligation }: Owed, books: BankBooks): string[] {
  const { body, ref } = obligation;
  const done = books.executions().filter((one) => one.obligation === ref);
  const found = done
    .filter(({ amount }) => body.amount !== undefined && yuan(amount) !== body.amount)
    .map(({ amount }) => `${ref} was executed over ${yuan(amount)}, not ${body.amount}`);
  if (done.length > 1) {
    const serials = done.map(({ serial }) => serial).join(', ');
    found.push(`${ref} was executed ${done.length} times (${serials})`);
  }
  for (const { envelope, result } of attempts) {
    if (result?.final !== true) continue;
    const executed = done.filter(({ serial }) => serial === result.serial).length;
    if (result.outcome === 'failed' && executed > 0)
      found.push(`${envelope.id} failed and was executed`);
    if (result.outcome === 'succeeded' && executed === 0) {
      found.push(`${envelope.id} succeeded and was never executed`);
    }
  }
  const last = attempts.at(-1)?.result;
  if (last?.final !== true) {
    found.push(`${ref} is lost: ${last?.outcome ?? 'nothing was told'} ${last?.reason ?? ''}`);
  }
  return found;
}

/** Every final names what proves it, and that is there. */
function proven({ attempts }: Owed, records: readonly JournalRecord[]): string[] {
  return attempts.flatMap(({ result }) => {
    if (result?.final !== true) return [];
    const about = records.filter((record) => subjectOf(record).endsWith(`:${result.id}`));
    const why = unproven(result, about);
    return why === undefined ? [] : [`${result.id} ${result.outcome} without proof: ${why}`];
  });
}

function subjectOf(record: JournalRecord): string {
  if ('subject' in record) return record.subject;
  return 'id' in record ? (record.id ?? '') : '';
}

function unproven(result: Result, about: readonly JournalRecord[]): string | undefined {
  const { proof, sent } = result;
  if (proof === undefined) return 'none is named';
  const maybeSent = about.filter(
    (record) =>
      record.kind === 'send' &&
      !about.some((other) => other.kind === 'not-written' && other.attempt === record.attempt),
  );
  if (proof.kind === 'never-sent' || proof.kind === 'local') {
    return maybeSent.length > 0 || sent !== 'never' ? 'it may have been sent' : undefined;
  }
  const finals = about.filter((record) => record.kind === 'outcome');
  if (finals.length === 0) return 'no outcome in the journal';
  const named = about.find(({ n }) => n === proof.record);
  const wanted = proof.kind === 'people' ? 'approval' : 'answer';
  if (named?.kind !== wanted) return `record ${proof.record ?? ''} is no ${wanted} about it`;
  return undefined;
}
