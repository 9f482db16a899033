import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/protocol/message.ts';
import { answerFields, answerRows } from '../../src/protocol/operation.ts';
import { citic, operation } from './ground.ts';

describe('an answer as text', () => {
  const message: Message = {
    fields: { status: 'AAAAAAA' },
    lists: { userDataList: [{ subAccNo: '1', KYAMT: -5n, SJAMT: 1230n }, { DJAMT: 0n }] },
    head: {},
    extra: { odd: 'x' },
  };

  it('has neutral names and decimal strings for an operation, and leaves empty ones out', () => {
    expect(answerRows(citic, operation('balance'), message)).toEqual([
      { account: '1', available: '-0.05', ledger: '12.30' },
      { frozen: '0.00' },
    ]);
  });

  it("has the bank's names for a native call", () => {
    expect(answerRows(citic, 'DLSBALQR', message)).toEqual([
      { subAccNo: '1', KYAMT: '-0.05', SJAMT: '12.30' },
      { DJAMT: '0.00' },
    ]);
  });

  it('is no rows when the bank gave none', () => {
    const empty: Message = { fields: { status: 'PBRA001' }, head: {}, lists: {}, extra: {} };
    expect(answerRows(citic, operation('balance'), empty)).toEqual([]);
    expect(answerRows(citic, 'DLOUTTRN', empty)).toEqual([]);
  });

  it('that has no list is one row of its own fields', () => {
    const fields = { status: 'AAAAAAA', statusText: 'x', tranNo: '7', tranAmount: 1n };
    expect(answerRows(citic, 'DLOUTTRN', { fields, head: {}, lists: {}, extra: {} })).toEqual([
      { tranNo: '7', tranAmount: '0.01' },
    ]);
  });

  it('gives the fields outside lists to $answer', () => {
    const fields = { status: 'AAAAAAA', tranNo: '7', tranAmount: 100n };
    expect(answerFields(citic, 'DLOUTTRN', { fields, head: {}, lists: {}, extra: {} })).toEqual({
      status: 'AAAAAAA',
      tranNo: '7',
      tranAmount: '1.00',
    });
  });
});
