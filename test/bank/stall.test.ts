/**
 * A stall of ours around the deadline: the answers lie in the kernel, and the timers run before the sockets
 * are read. None of them may be called late (R19).
 */
import { Buffer } from 'node:buffer';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { openLine } from '../../src/bank/socket-line.ts';
import { LINE } from './front-end.ts';

const ORDERS = 20;
const ANSWER_WITHIN_MS = 200;

/** In a thread of its own, so that it answers while we stall; it counts what it has answered. */
const FRONT_END = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const answer = 'HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nbooked';
      socket.end(answer, () => Atomics.add(workerData, 0, 1));
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Keeps the event loop from everything until the deadline is past and all answers have been sent. */
function stall(answered: Int32Array): void {
  const until = performance.now() + ANSWER_WITHIN_MS + 50;
  while (performance.now() < until || Atomics.load(answered, 0) < ORDERS);
}

it('R19 P4: answers that came in time count as in time', async () => {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(FRONT_END, { eval: true, workerData: answered });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const line = await openLine({ ...LINE, port, answerWithinMs: ANSWER_WITHIN_MS });
  try {
    const connections = await Promise.all(
      Array.from({ length: ORDERS }, () => line.connect('order')),
    );
    const exchanges = connections.map((one) => one.send(Buffer.from('pay'), { keep: false }));
    stall(answered);
    const endings = await Promise.all(exchanges.map((one) => one.ended));
    expect(endings.filter((one) => one.type === 'answer')).toHaveLength(ORDERS);
  } finally {
    await line.close();
    await worker.terminate();
  }
});
