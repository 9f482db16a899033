/** The life of a question of the bank, as a table; a yes that was not surely written in time promises nothing. */
import { describe, expect, it } from 'vitest';
import {
  inTime,
  type QuestionEvent,
  type QuestionState,
  STATES,
  stepQuestion,
} from '../../src/pushes/question.ts';

const event = (text: string): QuestionEvent =>
  text === 'written' || text === 'not-written'
    ? { type: 'written', done: text === 'written' }
    : { type: text as 'yes' };

/** `event event … -> state tells…` */
function play(text: string, promises: boolean): string {
  let state: QuestionState = 'open';
  const said: string[] = [];
  for (const one of text.split(' ')) {
    const step = stepQuestion(state, event(one), promises);
    state = step.state;
    if (step.bank !== undefined) said.push(`bank:${step.bank}`);
    if (step.tells !== undefined) said.push(step.tells);
  }
  return [state, ...said].join(' ');
}

describe('a withdrawal the bank asks about', () => {
  it.each([
    ['yes written shown', 'shown bank:yes reserved withdrawn'],
    ['yes written closed', 'released bank:yes reserved released'],
    ['yes not-written', 'released bank:yes released'],
    ['yes found', 'reserved bank:yes reserved'],
    ['yes found shown', 'shown bank:yes reserved withdrawn'],
    ['yes shown written', 'shown bank:yes withdrawn'],
    ['yes deadline written', 'reserved bank:yes reserved'],
    ['no', 'declined bank:no'],
    ['no yes', 'declined bank:no'],
    ['deadline', 'lapsed bank:unanswered'],
    ['deadline yes', 'released bank:unanswered released'],
    ['deadline no', 'lapsed bank:unanswered'],
    ['found', 'lapsed'],
    ['found yes', 'released released'],
    ['yes written closed shown', 'shown bank:yes reserved released withdrawn'],
  ])('%s', (events, came) => expect(play(events, true)).toBe(came));

  it('R16: is reserved, withdrawn or released once each, whatever comes in whatever order', () => {
    const events = ['yes', 'no', 'deadline', 'written', 'not-written', 'found', 'shown', 'closed'];
    for (const a of events) {
      for (const b of events) {
        for (const c of events) {
          const said = play(`${a} ${b} ${c} yes written shown closed`, true).split(' ').slice(1);
          for (const one of ['reserved', 'withdrawn', 'released', 'bank:yes', 'bank:no']) {
            expect([a, b, c, one, said.filter((is) => is === one).length <= 1]).toEqual([
              a,
              b,
              c,
              one,
              true,
            ]);
          }
          // the bank never hears yes and no
          expect(said.filter((is) => is.startsWith('bank:')).length).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

describe('a balance the bank asks about', () => {
  it.each([
    ['yes', 'answered bank:yes'],
    ['no', 'declined bank:no'],
    ['deadline', 'lapsed bank:unanswered'],
    ['deadline yes', 'lapsed bank:unanswered'],
    ['found', 'lapsed'],
  ])('%s', (events, came) => expect(play(events, false)).toBe(came));
});

it('R16: an answer one millisecond before the deadline is in time, at it and behind it not', () => {
  expect([1_999, 2_000, 2_001].map((now) => inTime(now, 2_000))).toEqual([true, false, false]);
});

it('knows every state it can come to', () => {
  const events = ['yes', 'no', 'deadline', 'written', 'not-written', 'found', 'shown', 'closed'];
  for (const state of STATES) {
    for (const one of events) expect(STATES).toContain(stepQuestion(state, event(one), true).state);
  }
});
