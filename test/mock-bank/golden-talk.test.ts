/**
 * The samples of the facts as a talk: their requests, byte by byte, get answers that look like theirs. Digits
 * are alike to this test, for numbers and hours are the bank's own; everything else has to be the same.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestClock } from '../../mock-bank/clock.ts';
import { type MockBank, startMockBank } from '../../mock-bank/start.ts';
import { b2bi, exchange, jzb, outside, trading } from './heads.ts';

const folder = join(import.meta.dirname, '../../protocol-specs');
const golden = (bank: string, name: string): Buffer =>
  readFileSync(join(folder, bank, 'golden', `${name}.bin`));
const shape = (bytes: Buffer): string => bytes.toString('latin1').replace(/\d/g, '#');

const sampleDay = Date.parse('2025-03-11T11:10:00+08:00');
const small = '6222000000000000009';
const name = '张样例';
let bank: MockBank;

beforeAll(async () => {
  const clock = new TestClock(sampleDay);
  const fronts = [b2bi, trading, jzb].map((spec) => ({ spec }));
  bank = await startMockBank({ fronts, clock, settings: { signIn: 'not-needed' } });
  const { number } = bank.control.addMember({
    ...{ code: 'M10001', name, balance: '500.00' },
    bound: [{ account: outside, name }],
  });
  bank.bank.books.pingan.members.get(number)?.bindings.push({
    ...{ account: small, name, bankName: '', bankCode: '', state: 'amount' },
  });
  bank.control.injectCredit({ account: 'unplaced', amount: '900.00' });
});
afterAll(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

it.each([
  ['pingan_b2bi', 'S001', ''],
  ['pingan_b2bi', '4005', 'none'],
  ['pingan_b2bi', '4019', 'none'],
  ['pingan_b2bi', '4004', ''],
  ['pingan_b2bi', '4018', ''],
  ['pingan_b2bi', '4047', ''],
  ['pingan_b2bi', '4014', ''],
  ['pingan_trading', '1325', 'none'],
  ['pingan_trading', '1330', ''],
  ['pingan_trading', '1318', ''],
  ['pingan_jzb', '6037', ''],
  ['pingan_jzb', '6064', ''],
  ['pingan_jzb', '6056', ''],
  ['pingan_jzb', '6007', ''],
  ['pingan_jzb', '6033', ''],
])('%s %s %s', async (name, code, variant) => {
  const request = golden(name, `${code}.request`);
  const { bytes } = await exchange(bank.ports[name] ?? 0, request);
  const file = variant === '' ? `${code}.answer` : `${code}.answer.${variant}`;
  expect(shape(bytes)).toBe(shape(golden(name, file)));
});
