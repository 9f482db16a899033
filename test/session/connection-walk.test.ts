/** Random events against the rules that no order of events may break. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dial, isUsable, stepConnection } from '../../src/session/connection.ts';
import type {
  ConnectionEvent,
  ConnectionRules,
  ConnectionState,
} from '../../src/session/shapes.ts';
import { sceneOf } from './heads-scene.ts';
import { HTTP, type Scene } from './transcript.ts';

const simple = [
  'connected',
  'end',
  'error',
  'deadline',
  'late-deadline',
  'half-read',
  'free-too-long',
  'lend',
  'keep',
  'close',
  'stop',
] as const;

const piece = (text: string): ConnectionEvent => ({
  type: 'bytes',
  bytes: Buffer.from(text, 'latin1'),
});

/** One event, or a few that belong together: chance alone hardly ever gets to a second request. */
function eventsOf({ bytes, request }: Scene): fc.Arbitrary<ConnectionEvent[]> {
  const send = (keep: boolean): ConnectionEvent => ({ type: 'send', body: request, keep });
  const answer = piece(bytes.answer ?? '');
  const texts = Object.values(bytes);
  return fc.oneof(
    fc.constantFrom(...simple).map((type): ConnectionEvent[] => [{ type }]),
    fc.constantFrom(...texts).map((text) => [piece(text)]),
    fc
      .tuple(fc.constantFrom(...texts), fc.nat(80))
      .map(([text, from]) => [piece(text.slice(from % text.length))]),
    fc.boolean().map((keep) => [send(keep)]),
    fc.constant<ConnectionEvent[]>([send(true), answer, { type: 'keep' }]),
    fc.constant<ConnectionEvent[]>([{ type: 'lend' }, send(true), answer]),
    fc.constant<ConnectionEvent[]>([send(false), { type: 'deadline' }]),
  );
}

/** One exchange, and what settled it. */
interface Told {
  ended: string[];
  late: string[];
}

class Walk {
  readonly #rules: ConnectionRules;
  state: ConnectionState = dial(100).state;
  readonly exchanges: Told[] = [];
  writes = 0;
  destroyed = 0;

  constructor({ rules }: Scene) {
    this.#rules = rules;
  }

  apply(event: ConnectionEvent, now: number): void {
    const before = this.state;
    if (event.type === 'send' && !isUsable(before)) {
      expect(() => stepConnection(before, event, now, this.#rules)).toThrow(
        expect.objectContaining({ code: 'DEFECT' }),
      );
      return;
    }
    const step = stepConnection(before, event, now, this.#rules);
    this.state = step.state;
    if (event.type === 'send') this.exchanges.push({ ended: [], late: [] });
    for (const effect of step.effects) {
      // once destroyed, nothing at all is done with it
      expect(this.destroyed).toBe(0);
      const current = this.exchanges.at(-1);
      if (effect.do === 'write') {
        expect(event.type).toBe('send');
        this.writes += 1;
      }
      if (effect.do === 'ended') {
        const { ending } = effect;
        current?.ended.push(ending.type === 'answer' ? 'answer' : ending.why);
      }
      if (effect.do === 'late') current?.late.push(effect.body === undefined ? 'none' : 'answer');
      if (effect.do === 'destroy') this.destroyed += 1;
    }
  }
}

it.each([
  ['HTTP', HTTP],
  ['heads', sceneOf('kept')],
])(
  'whatever happens, in whatever order: %s',
  (_framing, scene) => {
    const anyEvents = eventsOf(scene);
    let kept = 0;
    let late = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvents, fc.nat(100_000)), { maxLength: 20 }), (events) => {
        const walk = new Walk(scene);
        let now = 0;
        walk.apply({ type: 'connected' }, now);
        for (const [event, ms] of events.flatMap(([some, ms]) =>
          some.map((one) => [one, ms] as const),
        )) {
          now += ms;
          walk.apply(event, now);
          // asking is the only state with an exchange that has not ended, retired the only one with a late
          const current = walk.exchanges.at(-1);
          const { is } = walk.state;
          expect(current?.ended.length ?? 1).toBe(is === 'asking' ? 0 : 1);
          expect(current?.late.length ?? 1).toBe(is === 'asking' || is === 'retired' ? 0 : 1);
        }
        walk.apply({ type: 'stop' }, now);
        expect(walk.state.is).toBe('closed');
        expect(walk.destroyed).toBe(1);
        // one write for each request that was taken; each settled once in both ways
        expect(walk.writes).toBe(walk.exchanges.length);
        walk.exchanges.forEach((told, i) => {
          expect(told.ended).toHaveLength(1);
          expect(told.late).toHaveLength(1);
          if (told.late[0] === 'answer') expect(told.ended).toEqual(['deadline']);
          // whatever is followed by another request on the same connection was answered, in time
          if (i < walk.exchanges.length - 1) expect(told.ended).toEqual(['answer']);
          late += told.late[0] === 'answer' ? 1 : 0;
        });
        kept += walk.exchanges.length > 1 ? 1 : 0;
      }),
      { numRuns: 1_500 },
    );
    // the walk does get to the places that matter
    expect(kept).toBeGreaterThan(20);
    expect(late).toBeGreaterThan(20);
  },
  60_000,
);
