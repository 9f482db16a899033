/** What only the direct answer says, like the number of an account that was opened, when that answer is lost. */
import { expect, it } from 'vitest';
import type { Event } from '../../src/instruction/event.ts';
import { answered, FRONT_END, heldIn, livedThrough, silent } from './ground.ts';

const shows = (says: 'succeeded' | 'failed' | 'pending'): Event => ({
  type: 'inquired',
  evidence: { says, code: '000000', text: '', record: 7 },
  peer: FRONT_END,
  askedAt: 0,
  taken: { account: 'by inquiry' },
});
const told = (account: string): Event => ({
  ...(answered('accepted') as Extract<Event, { type: 'answered' }>),
  answer: { account, number: '1' },
});
const answerAfter = (...events: Event[]) => livedThrough(heldIn('sending'), events).life.answer;

it('is taken from the answer to the inquiry', () => {
  expect(answerAfter(silent, shows('succeeded'))).toEqual({ account: 'by inquiry' });
});

it('stays as the direct answer said it', () => {
  const both = { account: 'by answer', number: '1' };
  expect(answerAfter(told('by answer'), shows('succeeded'))).toEqual(both);
});

it('is taken from nothing that did not succeed', () => {
  expect(answerAfter(silent, shows('pending'))).toBeUndefined();
  expect(answerAfter(silent, shows('failed'))).toBeUndefined();
});
