/**
 * A proxy between a client and Redis (unix sockets) that loses replies on demand: the request arrives and
 * is carried out, the reply does not, both connections are cut. Or cuts everybody off, like a death.
 */
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly path: string;
  /** Loses the reply to the next request whose bytes contain `text`, `times` times. */
  loseReplyTo(text: string, times?: number): void;
  /** From now on replies to requests whose bytes contain `text` are swallowed; the connections stay open. */
  swallowRepliesTo(text: string): void;
  /** How many replies were lost. */
  lost(): number;
  /** Cuts every connection and refuses new ones. */
  cutOff(): void;
  close(): Promise<void>;
}

export async function startCuttingProxy(upstream: string, path: string): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let wanted = '';
  let left = 0;
  let lost = 0;
  let off = false;
  let swallowed = '';
  const server = createServer((client) => {
    if (off) {
      client.destroy();
      return;
    }
    const redis = connect({ path: upstream });
    let losing = false;
    let deaf = false;
    const cut = (): void => {
      client.destroy();
      redis.destroy();
    };
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (bytes) => {
      if (left > 0 && bytes.includes(wanted)) {
        left -= 1;
        losing = true;
      }
      if (swallowed !== '') deaf = bytes.includes(swallowed);
      redis.write(bytes);
    });
    redis.on('data', (bytes) => {
      if (deaf) return;
      if (!losing) {
        client.write(bytes);
        return;
      }
      lost += 1;
      cut();
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    loseReplyTo: (text, times = 1) => {
      wanted = text;
      left = times;
    },
    swallowRepliesTo: (text) => {
      swallowed = text;
    },
    lost: () => lost,
    cutOff: () => {
      off = true;
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(path, { force: true });
    },
  };
}
