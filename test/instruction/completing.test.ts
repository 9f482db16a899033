/** A success that owes a completing query, as a freeze owes its number: known, and not complete. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/instruction/event.ts';
import {
  answered,
  heldIn,
  inquired,
  livedThrough,
  notInquired,
  resolved,
  silent,
  story,
} from './ground.ts';

const sending = heldIn('sending');
const completes = { completes: true };
const notShown: Event = { type: 'completed' };
const complete: Event = { type: 'completed', data: { freezeNumber: '00012' }, record: 8 };

describe('a freeze', () => {
  story(
    'asked for its number as soon as it is booked; nobody goes before it has one',
    sending,
    completes,
    [
      [0, answered('accepted'), 'pending sent:yes told due:2s'],
      [2, inquired('succeeded'), 'pending/completing sent:yes told due:0s'],
      [3, notShown, 'pending/completing sent:yes due:4s'],
      [7, notShown, 'pending/completing sent:yes due:8s'],
      [15, complete, 'succeeded sent:yes told releases'],
    ],
  );
  story(
    'people are called when the number does not come, and it may come yet',
    sending,
    completes,
    [
      [0, answered('booked'), 'pending/completing sent:yes told due:0s'],
      [1_801, notShown, 'manual/completing sent:yes told due:600s'],
      [2_401, notShown, 'manual/completing sent:yes due:600s'],
      [3_001, complete, 'succeeded sent:yes told releases'],
    ],
  );
  story('people are called also when nobody answers the question', sending, completes, [
    [0, answered('booked'), 'pending/completing sent:yes told due:0s'],
    [1_800, notInquired, 'pending/completing sent:yes due:2s'],
    [1_802, notInquired, 'manual/completing sent:yes told due:600s'],
    [2_402, notInquired, 'manual/completing sent:yes due:600s'],
    [3_002, complete, 'succeeded sent:yes told releases'],
  ]);
  story('its success is known: nothing else is heard meanwhile', sending, completes, [
    [0, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [1, inquired('succeeded'), 'pending/completing sent:yes told due:0s'],
    [2, answered('refused'), 'nothing'],
    [2, inquired('failed'), 'nothing'],
    [2, inquired('none'), 'nothing'],
  ]);
  story('the waiting begins with the success, not with the order', sending, completes, [
    [0, answered('accepted'), 'pending sent:yes told due:2s'],
    [90_000, inquired('succeeded'), 'pending/completing sent:yes told due:0s'],
    [91_000, notShown, 'pending/completing sent:yes due:4s'],
  ]);
  story('people may end it without a number', sending, completes, [
    [0, answered('booked'), 'pending/completing sent:yes told due:0s'],
    [9, resolved('succeeded'), 'succeeded sent:yes told releases'],
  ]);
  story('people say that it is done, and the bank is asked for the number', sending, completes, [
    [0, silent, 'unknown/unanswered sent:maybe told due:0s'],
    [9, resolved('succeeded'), 'pending/completing sent:yes told due:0s'],
    [10, complete, 'succeeded sent:yes told releases'],
  ]);
  story('an answer to the completing query of another life is nothing', sending, completes, [
    [0, complete, 'nothing'],
    [1, answered('accepted'), 'pending sent:yes told due:2s'],
    [2, complete, 'nothing'],
  ]);

  it('keeps what proves the success, and the number', () => {
    const done = livedThrough(sending, [silent, inquired('succeeded'), complete], completes);
    expect(done.life).toMatchObject({ data: { freezeNumber: '00012' }, completing: false });
    expect(done.life.proof).toEqual({
      kind: 'inquiry',
      record: 7,
      spec: 'spec-digest',
      config: 'config-digest',
    });
  });
});
