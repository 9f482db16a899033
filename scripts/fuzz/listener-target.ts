/** Whoever reaches our listener: any bytes, in any pieces, with any end; the next honest bank must still be heard. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { type Listener, openListener } from '../../src/bank/listener.ts';
import { framerOf } from '../../src/protocol/framing/framer.ts';
import { readPush } from '../../src/pushes/push.ts';
import { realTimers } from '../../src/timers.ts';
import { bank as goldenOf } from './golden.ts';
import { ended, must, type Target } from './target.ts';

const STREAM_BYTES_MAX = 64 * 1024;
const OVER_WITHIN_MS = 5_000;
const HONEST_EVERY = 40;

type End = 'close' | 'reset' | 'silence';

/** One connection to its end; resolves with the bytes that were answered. */
function call(port: number, bytes: Uint8Array, end: End): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answered = 0;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('the listener held a connection that was over'));
    }, OVER_WITHIN_MS);
    socket.on('error', () => undefined);
    socket.on('data', (got) => {
      answered += got.length;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answered);
    });
    const half = Math.floor(bytes.length / 2);
    socket.write(bytes.subarray(0, half));
    socket.write(bytes.subarray(half), () => {
      if (end === 'close') socket.end();
      if (end === 'reset') socket.resetAndDestroy();
    });
  });
}

const ENDS: readonly End[] = ['close', 'reset', 'silence', 'close'];

export function listenerTarget(specs: string): Target {
  const { samples, spec } = goldenOf(specs, 'pingan_trading');
  const pushes = samples.filter(
    ({ code, side }) => side === 'request' && spec.transactions.get(code)?.kind === 'push',
  );
  const seeds = pushes.map(({ bytes }) => bytes);
  const [honest] = seeds;
  let listener: Promise<Listener> | undefined;
  let handed = '';
  let inputs = 0;
  const open = (): Promise<Listener> =>
    openListener({
      host: '127.0.0.1',
      port: 0,
      allow: ['127.0.0.1'],
      connectionsMax: 16,
      packetWithinMs: 200,
      answerWithinMs: 1_000,
      lingerMs: 200,
      timers: realTimers,
      framer: framerOf(spec.protocol, '127.0.0.1:1'),
      onPacket: (packet) => {
        handed = ended(() => `push ${readPush(spec, 'link', packet.bytes).code}`);
        if (handed.startsWith('push ')) packet.answer(Buffer.from('yes'));
        else packet.refuse();
      },
    });
  return {
    name: 'listener',
    seeds,
    bytesMax: STREAM_BYTES_MAX,
    run: async (input) => {
      listener ??= open();
      const { port } = await listener;
      inputs += 1;
      handed = 'nothing';
      const end = ENDS[(input[0] ?? 0) % ENDS.length] ?? 'close';
      const answered = await call(port, input, end);
      must(answered === 0 || handed.startsWith('push '), 'an answer to what is no push');
      const came = handed;
      if (honest !== undefined && inputs % HONEST_EVERY === 0) {
        must((await call(port, honest, 'silence')) > 0, 'an honest bank was not answered any more');
      }
      return came;
    },
    close: async () => {
      await (await listener)?.close();
    },
  };
}
