/**
 * Redis goes back to what it was at any moment of a day, or is empty, and the journal has gone on: nobody is paid
 * twice, each order has one final content, versions never repeat or fall, a ledger's book ends right.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type After, type Day, day, goBack, NAMES, ORDERS, type Twist } from './rolled-back.ts';

const MOMENTS = [
  'nothing',
  'started',
  'accepted',
  'claimed',
  'recorded',
  'written',
  'answer-recorded',
  'committed',
  'outcome-recorded',
  'published',
  'at rest',
];
const TWISTS: [name: string, moment: string, twist: Twist][] = [
  ['a kill while the journal is put back', 'nothing', { killAt: 12 }],
  ['a kill at the first step of a start', 'accepted', { killAt: 2 }],
  ['back again, further, after all had ended', 'published', { later: 'accepted' }],
  ['emptied after all had ended', 'committed', { later: 'nothing' }],
  [
    'back once more while a start puts right',
    'written',
    { midway: { moment: 'started', call: 5 } },
  ],
];

let of: Day;
const afterwards = new Map<string, After | Error>();

async function note(name: string, work: () => Promise<After>): Promise<void> {
  afterwards.set(name, await work().catch((error: unknown) => error as Error));
}

beforeAll(async () => {
  of = await day();
  // each has a Redis of its own, and mostly waits
  const works = [
    ...MOMENTS.map((moment) => () => note(moment, () => goBack(of, moment))),
    ...TWISTS.map(
      ([name, moment, twist]) =>
        () =>
          note(name, () => goBack(of, moment, twist)),
    ),
  ];
  const workers = Array.from({ length: 4 }, async () => {
    for (let work = works.shift(); work !== undefined; work = works.shift()) await work();
  });
  await Promise.all(workers);
}, 240_000);
afterAll(() => of?.close());

function at(name: string): After {
  const found = afterwards.get(name);
  if (found === undefined || found instanceof Error) throw found ?? new Error('not done');
  return found;
}

it('the day comes by all of these moments', () => {
  expect(of.moments).toEqual(MOMENTS.slice(1));
});

describe.each([...MOMENTS, ...TWISTS.map(([name]) => name)])('back to: %s', (moment) => {
  it('R4 R27: every order was written exactly once in all', () => {
    expect([...at(moment).writes].sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)('R4 R18 R27: %s ends as the bank has it, told once, versions rising', (order) => {
    const { book, phase, told } = at(moment);
    const { ends } = ORDERS[order];
    expect(phase(order)).toBe(ends);
    expect(book(order)).toMatchObject(
      ends === 'manual' ? { outcome: 'unknown', final: false } : { outcome: ends, final: true },
    );
    // one content for each version, one final content, and what is new is never below what was told
    const contents = new Map<unknown, string>();
    let highest = 0;
    for (const message of told(order)) {
      const content = JSON.stringify(message);
      const version = Number(message.version);
      const known = contents.get(version);
      if (known !== undefined) expect(content).toBe(known);
      else {
        expect(version).toBeGreaterThan(highest);
        contents.set(version, content);
      }
      highest = Math.max(highest, version);
    }
    const finals = new Set(told(order).flatMap((one) => (one.final ? [JSON.stringify(one)] : [])));
    expect(finals.size).toBe(ends === 'manual' ? 0 : 1);
  });
});
