/** Lives of instructions as transcripts: when, what happens, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/instruction/event.ts';
import { step } from '../../src/instruction/step.ts';
import {
  answered,
  at,
  carriedOn,
  DAY_MS,
  evidence,
  FRONT_END,
  heldIn,
  INTENT,
  inquired,
  notInquired,
  notWritten,
  RULES,
  resolved,
  silent,
  story,
} from './ground.ts';

const sending = heldIn('sending');
const received = heldIn('received');

describe('after the answer', () => {
  story('accepted, asked about, booked', sending, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [2, inquired('pending'), 'pending sent:yes due:4s releases'],
    [6, inquired('pending'), 'pending sent:yes due:8s releases'],
    [14, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('accepted, then failed at the bank', sending, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [2, inquired('failed'), 'failed/refused-by-bank sent:yes told releases'],
  ]);
  story('booked at once, where a bank says so', sending, {}, [
    [0, answered('booked'), 'succeeded sent:yes told releases'],
  ]);
  story('refused by a listed code', sending, {}, [
    [0, answered('refused'), 'failed/refused-by-bank sent:yes told releases'],
  ]);
  story('an unlisted code is asked about at once', sending, {}, [
    [0, answered('unlisted'), 'unknown/refused-unconfirmed sent:yes told due:0s'],
    [1, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('so is a code of the front end, and one that says nothing', sending, {}, [
    [0, answered('client-side'), 'unknown/client-side sent:yes told due:0s'],
    [1, inquired('unknown'), 'unknown/client-side sent:yes due:4s'],
    [5, inquired('failed'), 'failed/refused-by-bank sent:yes told releases'],
  ]);
  story('pending waits as long as the bank takes', sending, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [90_000, inquired('unknown'), 'pending sent:yes due:4s releases'],
    [180_000, inquired('pending'), 'pending sent:yes due:8s releases'],
    [270_000, notInquired, 'pending sent:yes due:8s releases'],
  ]);
  story('the pause between two questions has a limit', heldIn('pending', { asked: 40 }), {}, [
    [100, inquired('pending'), 'pending sent:yes told due:60s releases'],
  ]);
});

describe('without an answer', () => {
  story('asked about at once, shown by the bank, booked', sending, {}, [
    [60, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [61, inquired('pending'), 'pending sent:yes told due:4s releases'],
    [65, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('a late answer counts', sending, {}, [
    [60, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [61, inquired('unknown'), 'unknown/unanswered sent:maybe due:4s'],
    [70, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [72, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('a late refusal, listed, is final by the answer', sending, {}, [
    [60, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [70, answered('refused'), 'failed/refused-by-bank sent:yes told releases'],
  ]);
  story('a late answer is heard by people too', sending, {}, [
    [60, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [61, inquired('none'), 'unknown/unanswered sent:maybe due:2s'],
    [62, inquired('none'), 'unknown/unanswered sent:maybe due:2s'],
    [63, inquired('none'), 'manual/manual sent:maybe told due:600s'],
    [200, answered('accepted'), 'pending sent:yes told due:2s releases'],
  ]);
  story('a late answer takes back nothing that an inquiry has shown', sending, {}, [
    [60, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [61, inquired('pending'), 'pending sent:yes told due:4s releases'],
    [62, answered('unlisted'), 'nothing'],
    [63, answered('refused'), 'nothing'],
    [65, inquired('succeeded'), 'succeeded sent:yes told releases'],
    [66, answered('accepted'), 'nothing'],
  ]);
  story('only the first answer counts', sending, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [1, answered('refused'), 'nothing'],
    [1, silent, 'nothing'],
  ]);
  story('unknown too long goes to people, and is asked about all the same', sending, {}, [
    [0, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [1_800, inquired('unknown'), 'unknown/unanswered sent:maybe due:4s'],
    [1_801, notInquired, 'manual/manual sent:maybe told due:600s'],
    [2_401, notInquired, 'manual/manual sent:maybe due:600s'],
    [3_001, inquired('unknown'), 'manual/manual sent:maybe due:600s'],
    [3_601, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('where the bank has no inquiry, people at once', sending, { hasInquiry: false }, [
    [0, silent, 'manual/manual sent:maybe told'],
    [9, answered('booked'), 'succeeded sent:yes told releases'],
  ]);
  story(
    'where the bank has no inquiry, accepted is for people too',
    sending,
    { hasInquiry: false },
    [[0, answered('accepted'), 'manual/manual sent:yes told']],
  );
});

describe('a change of an account, which its inquiry sees and not the order', () => {
  const { serial: _, ...rest } = INTENT;
  const change = {
    ...rest,
    operation: 'maintain',
    transaction: 'DLSBAMAN',
    kind: 'maintenance',
  } as const;
  const changing = heldIn('sending', {}, change);
  story('shown as asked for', changing, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [2, inquired('unknown'), 'pending sent:yes due:4s releases'],
    [6, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('taken and never shown: people', changing, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [1_800, inquired('unknown'), 'pending sent:yes due:4s releases'],
    [1_801, inquired('unknown'), 'manual/manual sent:yes told due:600s'],
    [2_401, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('waiting for a review for days, as the bank says', heldIn('pending', {}, change), {}, [
    [90_000, inquired('pending'), 'pending sent:yes told due:4s releases'],
    [90_002, inquired('pending'), 'pending sent:yes due:8s releases'],
  ]);
});

describe('before the first byte', () => {
  story('proven not written: sendable again, and sent', sending, {}, [
    [0, notWritten, 'received sent:never back'],
  ]);
  it('names the record that took it back, should it end without ever being sent', () => {
    const back = carriedOn(
      sending,
      step(sending, { type: 'not-written', record: 5 }, at(0), RULES),
    );
    const never = step(back, { type: 'expired' }, at(1), RULES);
    expect(never?.life.proof).toEqual({
      kind: 'never-sent',
      record: 5,
      spec: 'spec-digest',
      config: 'config-digest',
    });
  });
  story('may expire or be cancelled while nobody has claimed it', received, {}, [
    [0, { type: 'expired' }, 'failed/expired sent:never told releases'],
    [1, { type: 'cancelled' }, 'nothing'],
  ]);
  story('cancelled stays cancelled', received, {}, [
    [0, { type: 'cancelled' }, 'failed/cancelled sent:never told releases'],
    [1, { type: 'expired' }, 'nothing'],
    [2, notWritten, 'nothing'],
  ]);
  const refusedHere = { type: 'refused-here', reason: 'invalid', code: 'X', text: 't' } as const;
  story('the gateway may refuse it, also once it is claimed', sending, {}, [
    [0, refusedHere, 'failed/invalid sent:never told releases'],
  ]);
  story('nothing can be known yet of what was not claimed', received, {}, [
    [0, inquired('succeeded'), 'nothing'],
    [0, answered('accepted'), 'nothing'],
    [0, silent, 'nothing'],
    [0, notWritten, 'nothing'],
    [0, notInquired, 'nothing'],
    [0, resolved('failed'), 'nothing'],
  ]);
  story('claimed: it neither expires nor is cancelled nor decided', sending, {}, [
    [0, { type: 'expired' }, 'nothing'],
    [0, { type: 'cancelled' }, 'nothing'],
    [0, resolved('succeeded'), 'nothing'],
    [0, inquired('succeeded'), 'nothing'],
  ]);
  for (const phase of ['pending', 'unknown', 'manual'] as const) {
    story(`${phase}: no way back to never sent`, heldIn(phase, { sent: 'maybe' }), {}, [
      [0, notWritten, 'nothing'],
      [0, { type: 'expired' }, 'nothing'],
      [0, { type: 'cancelled' }, 'nothing'],
      [0, refusedHere, 'nothing'],
      [0, silent, 'nothing'],
    ]);
  }
});

describe('people', () => {
  for (const phase of ['pending', 'unknown', 'manual'] as const) {
    story(`${phase}: they may say that it was paid`, heldIn(phase, { sent: 'maybe' }), {}, [
      [0, resolved('succeeded'), 'succeeded sent:yes told releases'],
      [1, resolved('failed'), 'nothing'],
    ]);
    story(`${phase}: they may say that it was not`, heldIn(phase, { sent: 'maybe' }), {}, [
      [0, resolved('failed'), 'failed/resolved sent:maybe told due:60s releases'],
    ]);
  }
});

describe('a failed by denials is watched', () => {
  const failed = heldIn('unknown', {
    sent: 'yes',
    ended: 'unlisted',
    reason: 'refused-unconfirmed',
    peer: FRONT_END,
    lastByte: { run: 'run-1', at: 0 },
    negatives: 2,
  });
  const day = DAY_MS / 1_000;
  story('for a while, and then no more', failed, {}, [
    [1, inquired('none'), 'failed/refused-by-bank sent:yes told due:60s releases'],
    [61, inquired('none'), 'failed/refused-by-bank sent:yes due:600s releases'],
    [661, notInquired, 'failed/refused-by-bank sent:yes due:600s releases'],
    [day + 1, inquired('none'), 'failed/refused-by-bank sent:yes releases'],
  ]);
  story('a late yes is seen', failed, {}, [
    [1, inquired('none'), 'failed/refused-by-bank sent:yes told due:60s releases'],
    [61, inquired('succeeded'), 'failed/refused-by-bank sent:yes releases contradicts'],
  ]);
});

describe('queries, which change nothing', () => {
  const done = (says: 'succeeded' | 'failed', reason?: 'unanswered') =>
    ({ type: 'query-done', evidence: evidence(says, { reason }), data: { rows: [] } }) as const;
  const query = heldIn('received', {}, { ...received.intent, kind: 'query' });
  const local = heldIn('received', {}, { ...received.intent, kind: 'local' });
  story('answered', query, {}, [[0, done('succeeded'), 'succeeded sent:yes told releases']]);
  story('refused', query, {}, [
    [0, done('failed'), 'failed/refused-by-bank sent:yes told releases'],
  ]);
  story('not answered', query, {}, [
    [0, done('failed', 'unanswered'), 'failed/unanswered sent:maybe told releases'],
    [1, done('succeeded'), 'nothing'],
  ]);
  story('answered here', local, {}, [[0, done('succeeded'), 'succeeded sent:never told releases']]);
  for (const kind of ['movement', 'maintenance'] as const) {
    const order = heldIn('sending', {}, { ...received.intent, kind });
    story(`no end for a ${kind}`, order, {}, [[0, done('succeeded'), 'nothing']]);
  }
});

describe('a batch of which a part was paid', () => {
  const partly: Event = {
    type: 'inquired',
    evidence: evidence('unknown', { undecidable: true }),
    peer: FRONT_END,
    askedAt: 0,
  };
  story('goes to people at once, whatever was known before, and is asked about', sending, {}, [
    [0, answered('accepted'), 'pending sent:yes told due:2s releases'],
    [2, partly, 'manual/manual sent:yes told due:600s'],
    [602, partly, 'manual/manual sent:yes due:600s'],
    [1_202, inquired('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('also where its answer was lost; the bank has it, and may deny it no more', sending, {}, [
    [0, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [1, partly, 'manual/manual sent:yes told due:600s'],
    [601, inquired('none'), 'manual/manual sent:yes due:600s'],
  ]);
});
