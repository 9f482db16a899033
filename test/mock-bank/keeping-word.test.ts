/** A bank that keeps its word about a serial it denied, its people who strike one off, and a front end that restarts. */
import { afterEach, expect, it } from 'vitest';
import {
  ask,
  call,
  faultTools,
  type Ground,
  ground,
  http,
  request,
  state,
  transfer,
  until,
} from './support.ts';

let bank: Ground;
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});
const { executed, next, sent } = faultTools(() => bank);

const held = () => bank.control.held().held.length;

it('keeps its word: what was held and denied is never executed', async () => {
  bank = await ground({ settings: { deniedSerial: 'never-executed' } });
  next({ kind: 'hold' });
  const caller = sent('K1');
  await until(() => held() === 1);
  expect(await state(bank.port, 'K1')).toBe(' ED02083');
  bank.control.release();
  await caller.answer();
  expect(executed()).toBe(0);
  expect(await state(bank.port, 'K1')).toBe(' ED02083');
  caller.destroy();
});

it('has people who say what is there, and strike off what is not', async () => {
  bank = await ground();
  const { strike } = bank.control;
  await ask(bank.port, 'DLMDETRN', transfer('K2'));
  expect(strike({ serial: 'K2' })).toEqual({ is: 'booked' });
  next({ kind: 'hold' });
  const caller = sent('K3');
  await until(() => held() === 1);
  expect(strike({ serial: 'K3' })).toEqual({ is: 'open' });
  bank.control.release();
  await caller.answer();
  expect(executed()).toBe(2);
  expect(strike({ serial: 'K4' })).toEqual({ is: 'struck' });
  await ask(bank.port, 'DLMDETRN', transfer('K4'));
  expect(executed()).toBe(2);
  caller.destroy();
});

it('has a front end that restarts: connections end, and the books are the same behind it', async () => {
  bank = await ground();
  await ask(bank.port, 'DLMDETRN', transfer('K5'));
  const caller = call(bank.port);
  caller.send(http(request('DLMDETRN', transfer('K6'))));
  await caller.answer();
  bank.control.outage({ bank: 'citic', ms: 1_000 });
  await caller.over;
  expect((await call(bank.port).over).how).toBe('error');
  expect(() => bank.control.outage({ bank: 'citic' })).toThrow('down already');
  bank.clock.advance(1_000);
  await until(() => bank.frontEnd.listening);
  expect(await state(bank.port, 'K5')).toBe('0 AAAAAAA');
});
