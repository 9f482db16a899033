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

/** In a thread of its own, so that it answers while we stall: each request after 100 ms. */
const FRONT_END = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => setTimeout(() => {
      socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nbooked');
    }, 100));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('answers that came in time count as in time', async () => {
  const worker = new Worker(FRONT_END, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const line = await openLine({ ...LINE, port, answerWithinMs: ANSWER_WITHIN_MS });
  try {
    const connections = await Promise.all(
      Array.from({ length: ORDERS }, () => line.connect('order')),
    );
    const exchanges = connections.map((one) => one.send(Buffer.from('pay'), { keep: false }));
    // lets the requests leave, and nothing more
    await new Promise((resolve) => setImmediate(resolve));
    stall(ANSWER_WITHIN_MS + 100);
    const endings = await Promise.all(exchanges.map((one) => one.ended));
    expect(endings.filter((one) => one.type === 'answer')).toHaveLength(ORDERS);
  } finally {
    await line.close();
    await worker.terminate();
  }
});
