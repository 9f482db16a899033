/** Moments between two events of a stream, which a real socket shows too rarely to be tried on one. */
import { Buffer } from 'node:buffer';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { lease } from '../../src/bank/lease.ts';
import { Wire } from '../../src/bank/wire.ts';
import { framerOf } from '../../src/protocol/framing/framer.ts';
import { InFlight } from '../../src/session/in-flight.ts';
import { realTimers } from '../../src/timers.ts';
import { answer, LINE } from './front-end.ts';

/** A wire that is up, over a stream that swallows what is written. */
function wireUp(answerWithinMs: number) {
  const written: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      written.push(bytes.toString('latin1'));
      done();
    },
  });
  const framer = framerOf(LINE.protocol, 'front-end:6789');
  const rules = { ...LINE, framer, policy: 'kept' as const, answerWithinMs };
  const wire = new Wire(stream, rules, 1_000, {
    inFlight: new InFlight(),
    timers: realTimers,
    onWarning: () => undefined,
    onChange: () => undefined,
  });
  wire.apply({ type: 'connected' });
  return { stream, wire, written };
}

function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('a deadline that fired and was not believed does not hit the next request', async () => {
  const { stream, wire } = wireUp(40);
  const first = lease(wire, 'query');
  const second = new Promise<string>((resolve) => {
    setTimeout(() => {
      // runs before the deadline is believed: the answer is read, and the connection used again
      setImmediate(async () => {
        stream.emit('data', Buffer.from(answer('re:a')));
        first.keep();
        const ended = lease(wire, 'query').send(Buffer.from('b'), { keep: false }).ended;
        setImmediate(() => stream.emit('data', Buffer.from(answer('re:b'))));
        const { type } = await ended;
        resolve(type);
      });
    }, 40);
  });
  const exchange = first.send(Buffer.from('a'), { keep: true });
  stall(60);
  expect((await exchange.ended).type).toBe('answer');
  expect(await second).toBe('answer');
});

it('is not usable from the moment the stream is gone, before any event says so', async () => {
  for (const end of ['destroy', 'end'] as const) {
    const { stream, wire, written } = wireUp(1_000);
    const connection = lease(wire, 'order');
    expect(connection.usable).toBe(true);
    stream[end]();
    expect(wire.is).toBe('free');
    expect(connection.usable).toBe(false);
    expect(() => connection.send(Buffer.from('pay'), { keep: false })).toThrow(
      expect.objectContaining({ code: 'DEFECT' }),
    );
    expect(written).toEqual([]);
    wire.apply({ type: 'stop' });
  }
});

it('an error of the write itself is silence, never a throw', async () => {
  const { stream, wire } = wireUp(1_000);
  stream.write = () => {
    throw new Error('no');
  };
  const exchange = lease(wire, 'order').send(Buffer.from('pay'), { keep: false });
  expect(await exchange.ended).toEqual({ type: 'silent', why: 'closed' });
  expect(await exchange.late).toBeUndefined();
});
