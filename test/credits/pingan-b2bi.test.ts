/** Ping An B2Bi's entries, from golden packets to what a ledger is told: counted twins, and payments that came back. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counted } from '../../src/credits/counted.ts';
import { entryOf, kindOf, type StatementEntry } from '../../src/credits/entry.ts';
import { noticeOf } from '../../src/credits/notice.ts';
import { notice as shape } from '../../src/instruction/notices.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { answerFields, answerRows, lastOf } from '../../src/protocol/operation.ts';
import type { SweepSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

const b2bi = readSpec('protocol-specs/pingan_b2bi');
const MAIN = '15000000000101';

function sweepOf(name: string): SweepSpec {
  const found = b2bi.protocol.credits?.find((sweep) => sweep.name === name);
  if (found === undefined) throw new Error(`no sweep ${name}`);
  return found;
}

const answer = (file: string) => {
  const code = file.slice(0, 4);
  const packet = new Uint8Array(readFileSync(`protocol-specs/pingan_b2bi/golden/${file}.bin`));
  return { code, message: decodeAnswer(b2bi, code, packet) };
};

function entriesIn(file: string, sweep: SweepSpec): StatementEntry[] {
  const { code, message } = answer(file);
  const rows = answerRows(b2bi, code, message);
  const entries = rows.flatMap((row) => entryOf(sweep, row, { account: MAIN }) ?? []);
  expect(entries.length).toBe(rows.length);
  return Array.isArray(sweep.identity) ? entries : counted(entries, new Map(), true);
}

const isLast = (file: string, sweep: SweepSpec): boolean | undefined => {
  const { code, message } = answer(file);
  return lastOf(sweep.last, answerFields(b2bi, code, message));
};

describe('the entries of the account', () => {
  const sweep = sweepOf('main');

  it('that came in are told, two that say the same as two, and what we paid is not', () => {
    const entries = entriesIn('4013.answer.many', sweep);
    expect(entries.map((one) => kindOf(b2bi, sweep, one)?.kind)).toEqual([
      'main-credit',
      'main-credit',
      undefined,
    ]);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(3);
    expect(entries.map(({ direction }) => direction)).toEqual(['in', 'in', 'out']);
  });

  it('are the same entries when what the bank adds later has changed', () => {
    const { code, message } = answer('4013.answer');
    const [row = {}] = answerRows(b2bi, code, message);
    const later = { ...row, OutAcctName: '另一名称', Purpose: '补充', CVoucherNo: '1' };
    expect(entryOf(sweep, later, { account: MAIN })).toMatchObject({
      key: entryOf(sweep, row, { account: MAIN })?.key,
      digest: entryOf(sweep, row, { account: MAIN })?.digest,
    });
  });

  it('end where either name of the mark says so', () => {
    expect(isLast('4013.answer', sweep)).toBe(true);
    expect(isLast('4013.answer.other-name', sweep)).toBe(true);
    expect(isLast('4013.answer.many', sweep)).toBe(false);
  });

  it('become a notice that says how they are told apart', () => {
    const [entry] = entriesIn('4013.answer', sweep);
    if (entry === undefined) throw new Error('no entry');
    const told = noticeOf(sweep, 'main-credit', entry, { link: 'pingan', at: 0 });
    expect(shape.parse({ ...told, version: 1 })).toMatchObject({
      account: MAIN,
      amount: '100.00',
      direction: 'in',
      identity: 'counted',
      payer: { account: '6222000000000000008', bankName: '样例商业银行' },
    });
  });
});

describe('a payment that came back', () => {
  const sweep = sweepOf('returned');
  const only = (file: string): StatementEntry => {
    const [entry] = entriesIn(file, sweep);
    if (entry === undefined) throw new Error('no entry');
    return entry;
  };
  const serial = (file: string): string | undefined => {
    const kind = kindOf(b2bi, sweep, only(file));
    expect(kind?.kind).toBe('payout-returned');
    return only(file).row[kind?.serial ?? ''];
  };

  it('names its order by its voucher, or by that of its batch', () => {
    expect(serial('4019.answer')).toBe('20250310091500000001');
    expect(serial('4019.answer.of-a-batch')).toBe('20250311103000000006');
  });

  it('is money in, of the day it came back', () => {
    expect(only('4019.answer')).toMatchObject({ direction: 'in', day: '20250311', amount: '7.00' });
    expect(isLast('4019.answer', sweep)).toBe(true);
  });
});
