/** What is put back from the journal is what was told: same content, same version, nothing new. */
import { describe, expect, it } from 'vitest';
import {
  restoredFinal,
  restoredNotice,
  restoredSend,
} from '../../src/engine/recovery/restoring.ts';
import { type Outgoing, resultOf } from '../../src/engine/telling/telling.ts';
import { type Held, life } from '../../src/instruction/intent.ts';
import { step } from '../../src/instruction/step.ts';
import type { RecordOf } from '../../src/journal/records.ts';
import { contextWith, heldAs, intentOf, NOW } from './ground.ts';

const ctx = contextWith();
const AT = '2026-09-24T02:00:00.000Z';
const base = { n: 12, at: AT, link: 'citic-main', watermark: 40 };
const transfer = intentOf('transfer', { amount: '5.00' });
const proof = { kind: 'inquiry', record: 7, spec: 'spec-digest' } as const;

const send = (intent = transfer): RecordOf<'send'> => ({
  ...base,
  kind: 'send',
  id: 'erp:A1',
  attempt: 2,
  epoch: 1,
  transaction: 'DLMDETRN',
  peer: 'fep.invalid:7001',
  spec: 'spec-digest',
  request: '',
  intent,
});

/** The record of a final as the outbox writes it. */
function outcome(held: Held, more: Partial<RecordOf<'outcome'>> = {}): RecordOf<'outcome'> {
  const message = { ...resultOf(ctx, held, NOW), version: 41 };
  const { id, source, digest } = held.intent;
  return { ...base, kind: 'outcome', id, source, digest, version: 41, message, ...more };
}

describe('a send record', () => {
  it('gives back the whole intent, claimed: somebody must ask about it', () => {
    expect(restoredSend(send(), 'sending', null)).toEqual({
      intent: transfer,
      phase: 'sending',
      life: life.parse({}),
      attempt: 2,
      expect: null,
      dueAt: null,
      expiresAt: Date.parse(transfer.envelope.expiresAt),
      out: [],
    });
  });

  it('taken back, it may be sent again and expires in its time', () => {
    const expiresAt = Date.parse(transfer.envelope.expiresAt);
    expect(restoredSend(send(), 'received', 30)).toMatchObject({ dueAt: expiresAt, expect: 30 });
  });

  it('keeps its place among those of its key', () => {
    const keyed = { ...transfer, envelope: { ...transfer.envelope, orderKey: 'member-12' } };
    expect(restoredSend(send(keyed), 'received', null).orderKey).toBe('erp:member-12');
  });
});

describe('a final', () => {
  const finals: [name: string, held: Held][] = [
    ['a success', heldAs(transfer, 'succeeded', { sent: 'yes', code: 'AAAAAAA', proof })],
    [
      'a failed',
      heldAs(transfer, 'failed', {
        sent: 'maybe',
        reason: 'bank-does-not-know',
        code: 'ED02083',
        text: 'none',
        proof,
      }),
    ],
    [
      'a failed by people',
      heldAs(transfer, 'failed', {
        sent: 'maybe',
        reason: 'resolved',
        proof: { ...proof, kind: 'people' },
      }),
    ],
    [
      'a refusal of our own',
      heldAs(transfer, 'failed', {
        reason: 'invalid',
        code: 'FIELD_FORMAT',
        path: 'body.amount',
        proof: { kind: 'never-sent' },
      }),
    ],
    ['a success with data', heldAs(transfer, 'succeeded', { data: { freezeNumber: '1' }, proof })],
  ];

  it.each(finals)('%s says again what it said, byte for byte', (_, held) => {
    const record = outcome(held);
    const restored = restoredFinal(ctx, record, send(), undefined, true);
    const again = resultOf(ctx, { ...held, life: restored.life, phase: restored.phase }, NOW);
    const { version: _version, ...message } = record.message;
    expect(again).toEqual(message);
    expect(restored.told).toEqual({ body: restored.out[0]?.body, version: 41 });
    expect((JSON.parse(restored.told?.body ?? '') as Outgoing).message).toEqual(message);
  });

  it.each(finals)('%s is not told as news by anything that comes after', (_, held) => {
    const { phase, life: restored } = restoredFinal(ctx, outcome(held), send(), undefined, false);
    const moment = { wall: NOW + 1_000, mono: 0, run: 'run-2' };
    const rules = {
      ladder: ctx.link.ladder,
      watchForMs: 1,
      interim: 'all' as const,
      spec: '',
      config: '',
      completes: false,
      hasInquiry: true,
    };
    const next = step({ ...held, phase, life: restored }, { type: 'not-inquired' }, moment, rules);
    expect(next).toMatchObject({ phase: held.phase, tell: false });
    // a failed that rests on an inquiry or on people is watched on, nothing else is looked at again
    const kind = held.life.proof?.kind ?? 'answer';
    const watched = held.phase === 'failed' && ['inquiry', 'people'].includes(kind);
    expect(next?.dueAt === null).toBe(!watched);
  });

  const [, success] = finals[0] ?? [];
  if (success === undefined) throw new Error('no success to restore');

  it('is told once more only if it may have been recorded and not published', () => {
    const again = restoredFinal(ctx, outcome(success), send(), undefined, true);
    expect(again.out).toMatchObject([{ queue: 'results', version: 41, stem: 'r-citic-main.A1' }]);
    expect(restoredFinal(ctx, outcome(success), send(), undefined, false).out).toEqual([]);
  });

  it('takes the place of whatever Redis has of it', () => {
    const stale = { ...heldAs(transfer, 'unknown'), version: 33 };
    expect(restoredFinal(ctx, outcome(success), send(), stale, false)).toMatchObject({
      phase: 'succeeded',
      expect: 33,
      dueAt: null,
    });
    expect(restoredFinal(ctx, outcome(success), send(), undefined, false).expect).toBeNull();
  });

  it('brings back the member and the freeze it left', () => {
    const freeze = {
      id: 'erp:A1',
      madeBy: 'freeze',
      holder: '1',
      amount: '5.00',
      returnTo: '1',
      number: '00012',
    };
    const restored = restoredFinal(ctx, outcome(success, { freeze }), send(), undefined, true);
    expect(restored.freeze).toEqual(freeze);
    expect((JSON.parse(restored.out[0]?.body ?? '') as Outgoing).final?.freeze).toEqual(freeze);
  });

  it('that was never sent has no send record: its id stays burnt, with the digest it had', () => {
    const { intent } = restoredFinal(ctx, outcome(success), undefined, undefined, false);
    expect(intent).toMatchObject({ id: 'erp:A1', source: 'erp', digest: 'digest', kind: 'local' });
    expect(intent.envelope.id).toBe('A1');
  });
});

describe('a notice', () => {
  it('goes out under its own version, and is not recorded again', () => {
    const record: RecordOf<'notice'> = {
      ...base,
      kind: 'notice',
      id: 'key',
      source: 'erp',
      account: '7110210187000012345',
      day: '20260924',
      key: 'key',
      digest: 'digest',
      message: { v: 1, type: 'credit', version: 31, key: 'key' },
    };
    const { body, ...entry } = restoredNotice(record);
    expect(entry).toEqual({ queue: 'notices', source: 'erp', stem: 'n-citic-main', version: 31 });
    const outgoing = JSON.parse(body) as Outgoing;
    expect(outgoing).toEqual({ message: { v: 1, type: 'credit', key: 'key' } });
  });
});
