/** What CITIC's golden samples must show beyond what those of every bank must. */
import { expect, test } from 'vitest';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { layoutOf, transactionOf } from '../../src/protocol/layout.ts';
import { bytesOf, goldens, nameParts } from './samples.ts';

const golden = goldens.get('citic');
if (golden === undefined) throw new Error('no golden samples of CITIC');
const { samples, spec } = golden;

test('every transaction has an answer that took the request, by its code', () => {
  const took = samples.filter(([, { values }]) => /^AAAAAA[AE]$/.test(String(values.status)));
  const codes = new Set(took.map(([file]) => nameParts(file).code));
  expect([...codes].sort()).toEqual([...spec.transactions.keys()].sort());
});

test('DLCIDSTT is shown with every state flag its table lists', () => {
  const list = layoutOf(transactionOf(spec, 'DLCIDSTT'), 'answer').lists.get('userDataList');
  const seen = samples
    .filter(([file]) => nameParts(file).code === 'DLCIDSTT')
    .flatMap(([, { values }]) => (Array.isArray(values.userDataList) ? values.userDataList : []))
    .map((values) => values.stt);
  expect(seen).toEqual(expect.arrayContaining(Object.keys(list?.fields.get('stt')?.values ?? {})));
});

test('a returned payout is a debit with a negative amount, and stays one', () => {
  const bytes = bytesOf(golden, 'DLSTRNDT.answer.many.xml');
  const rows = decodeAnswer(spec, 'DLSTRNDT', bytes).lists.userDataList ?? [];
  expect(rows.at(-1)).toMatchObject({ TRANTYPE: '23', CDFG: 'D', TRANAMT: -300_000n });
});

test('samples where the table won over the printed one', () => {
  const corrected = samples.filter(([, { corrections }]) => corrections.length > 0);
  expect(corrected.map(([file]) => file)).toEqual(
    expect.arrayContaining(['DLMDETRN.request.xml', 'DLOUTTRN.answer.xml']),
  );
});
