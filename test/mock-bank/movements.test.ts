/** Every movement, its inquiry, and every fault an order of money can meet, on a real socket. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { citic } from '../../mock-bank/citic/dialect.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { MOVEMENTS } from './movements.ts';
import {
  ask,
  type Caller,
  call,
  faultTools,
  type Ground,
  ground,
  http,
  request,
  spec,
  state,
  until,
} from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});
const { next } = faultTools(() => bank);

it('all that are played are tried here, and no transaction is played twice', () => {
  expect(Object.keys(MOVEMENTS).toSorted()).toEqual(
    citic.repertoire
      .played()
      .filter((code) => citic.repertoire.isMovement(code))
      .toSorted(),
  );
  expect(new Set(citic.repertoire.played()).size).toBe(citic.repertoire.played().length);
});

it('each is asked about by the inquiry its spec names', () => {
  for (const [code, { inquiry }] of Object.entries(MOVEMENTS)) {
    const named = spec.transactions.get(code)?.inquiry;
    expect([code, inquiry.code]).toEqual([code, named === 'none' ? named : named?.transaction]);
  }
});

describe.each(Object.entries(MOVEMENTS))('%s', (code, given) => {
  const { order, code: ordinary, inquiry, obligation } = given;
  const { says } = inquiry;
  const executions = (): readonly { memo: string; time: number }[] =>
    bank.control.executions({ transaction: code }).executions;
  const told = (serial: string): Promise<string> => inquiry.told(bank, serial, code);

  const sent = async (serial: string): Promise<Caller> => {
    const values = await order(bank, serial);
    const caller = call(bank.port);
    caller.send(http(request(code, values), 'close'));
    return caller;
  };
  const answered = async (serial: string): Promise<string> => {
    const { body } = await (await sent(serial)).answer();
    return String(decodeAnswer(spec, code, body).fields.status);
  };

  it('is booked once and counted by its obligation; its own inquiry knows it and no other', async () => {
    expect(await answered('M1')).toBe(ordinary);
    bank.clock.advance(500);
    expect(await told('M1')).toBe(says.booked);
    const known = inquiry.code === 'DLCIDSTT' ? says.booked : ' ED02083';
    expect(await state(bank.port, 'M1', '')).toBe(known);
    expect(await state(bank.port, 'M1', code)).toBe(known);
    const other = code === 'DLMDETRN' ? 'DLFCSOUT' : 'DLMDETRN';
    expect(await state(bank.port, 'M1', other)).toBe(' ED02083');
    const mine = bank.control.obligations().obligations.filter((one) => one.transaction === code);
    expect(mine).toMatchObject([{ obligation: obligation ?? 'OBL-M1', count: 1, serials: ['M1'] }]);
  });

  it('hold: unknown until it is released, then executed for nobody', async () => {
    next({ kind: 'hold' }, code);
    const caller = await sent('H1');
    await until(() => bank.control.held().held.length === 1);
    expect(bank.control.held().held).toMatchObject([
      { serial: 'H1', memo: obligation === undefined ? 'OBL-H1' : '' },
    ]);
    expect(await told('H1')).toBe(says.none);
    caller.destroy();
    expect(executions()).toHaveLength(0);
    bank.control.release(obligation === undefined ? { memo: 'OBL-H1' } : {});
    await until(() => bank.control.orders({ serial: 'H1' }).orders.length === 1);
    bank.clock.advance(500);
    expect(await told('H1')).toBe(says.booked);
    expect(executions()).toHaveLength(1);
  });

  it('drop-before and drop-after', async () => {
    next({ kind: 'drop-before' }, code);
    await (await sent('D1')).over;
    expect(await told('D1')).toBe(says.none);
    next({ kind: 'drop-after' }, code);
    expect((await (await sent('D2')).over).bytes).toHaveLength(0);
    bank.clock.advance(500);
    expect(await told('D2')).toBe(says.booked);
    expect(executions()).toHaveLength(1);
  });

  it('processing: booked in the end, or failed', async () => {
    next({ kind: 'processing', code: 'CCCCCCC', asks: 1, ms: 1000 }, code);
    expect(await answered('P1')).toBe('CCCCCCC');
    bank.clock.advance(1000);
    if (inquiry.code !== 'none') expect(await told('P1')).toBe(says.processing);
    expect(await told('P1')).toBe(says.booked);
    next({ kind: 'processing', code: 'AAAAAAA', ms: 10, fails: 'DPRA003' }, code);
    expect(await answered('P2')).toBe('AAAAAAA');
    bank.clock.advance(10);
    expect(await told('P2')).toBe(says.failed);
    expect(executions()).toHaveLength(1);
  });

  it('review: approved, refused, withdrawn', async () => {
    next({ kind: 'review' }, code);
    expect(await answered('V1')).toBe('AAAAAAB');
    expect(await told('V1')).toBe(says.review);
    bank.clock.advance(1000);
    expect(await told('V1')).toBe(says.booked);
    next({ kind: 'review', decision: 'wait', code: 'AAAAAAC' }, code);
    expect(await answered('V2')).toBe('AAAAAAC');
    bank.control.review({ serial: 'V2', decision: 'refuse' });
    expect(await told('V2')).toBe(says.refused);
    next({ kind: 'review-then-refused', stt: '4', ms: 10 }, code);
    await answered('V3');
    bank.clock.advance(10);
    expect(await told('V3')).toBe(says.withdrawn);
    expect(executions()).toHaveLength(1);
  });

  it('code: whatever it says, executed or not', async () => {
    next({ kind: 'code', code: 'EEEEEEE' }, code);
    expect(await answered('C1')).toBe('EEEEEEE');
    expect(await told('C1')).toBe(says.none);
    next({ kind: 'code', code: 'UNKNOWN', executed: true }, code);
    expect(await answered('C2')).toBe('UNKNOWN');
    bank.clock.advance(500);
    expect(await told('C2')).toBe(says.booked);
    expect(executions()).toHaveLength(1);
  });

  it('late-rows: booked now, shown later', async () => {
    next({ kind: 'late-rows', ms: 2000 }, code);
    await answered('L1');
    bank.clock.advance(500);
    const booked = bank.clock.now();
    const { entries } = bank.control.entries();
    const mine = entries.filter(({ memo }) => memo === (obligation ?? 'OBL-L1')).at(-1);
    expect(Date.parse(mine?.visibleAt ?? '')).toBeGreaterThan(booked);
  });

  it('a repeated serial is never mistaken for the first', async () => {
    await answered('R1');
    bank.clock.advance(500);
    await answered('R1');
    bank.clock.advance(500);
    expect(executions().map(({ time }) => time)).toHaveLength(2);
    bank.control.changeSettings({ duplicateSerial: 'refuse' });
    expect(await answered('R1')).toBe('MOCK001');
  });

  if (spec.transactions.get(code)?.request.some((part) => 'name' in part && part.name === 'preFlg'))
    it('is put off to one of the four times of day', async () => {
      const at = { preFlg: '1', preDate: '20260105', preTime: '100000' };
      const values = { ...(await order(bank, 'S1')), ...at };
      expect((await ask(bank.port, code, values)).fields.status).toBe('AAAAAAC');
      expect(await told('S1')).toBe(says.scheduled);
      bank.clock.advance(30 * 60_000);
      expect(await told('S1')).toBe(says.booked);
    });
});
