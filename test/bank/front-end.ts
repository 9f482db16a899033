/** A small front end on a real socket: it reads whole requests and does with each what the test says. */
import { Buffer } from 'node:buffer';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Line } from '../../src/bank/line.ts';
import { type LineOptions, openLine, type WarnFields } from '../../src/bank/socket-line.ts';
import { realTimers } from '../../src/timers.ts';

export type Serve = (request: string, socket: Socket, nth: number) => void;

export interface FrontEnd {
  readonly port: number;
  /** bodies of the whole requests it has read, in order */
  readonly requests: readonly string[];
  readonly connections: () => number;
  readonly open: () => number;
  /** those that are open */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

const REQUEST =
  /^POST \/ HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)*?Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/;

/** The first whole request of what was read: what a test sees of it, and how many bytes it takes. */
export type Cut = (read: string) => { readonly body: string; readonly bytes: number } | undefined;

const cutHttp: Cut = (read) => {
  const head = REQUEST.exec(read);
  if (head === null) return undefined;
  const bytes = head[0].length + Number(head[1]);
  return read.length < bytes ? undefined : { body: read.slice(head[0].length, bytes), bytes };
};

export async function startFrontEnd(
  serve: Serve,
  tls?: TlsOptions,
  cut: Cut = cutHttp,
): Promise<FrontEnd> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const onConnection = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    let read = '';
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      read += bytes.toString('latin1');
      for (let one = cut(read); one !== undefined; one = cut(read)) {
        read = read.slice(one.bytes);
        requests.push(one.body);
        serve(one.body, socket, requests.length);
      }
    });
  };
  const server: Server =
    tls === undefined ? createServer(onConnection) : createTlsServer(tls, onConnection);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The answer whose body is `body`. */
export const answer = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\n${more}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`;

export const chunked = (...chunks: string[]): string => {
  const sized = [...chunks, ''].map((one) => `${one.length.toString(16)}\r\n${one}\r\n`);
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${sized.join('')}`;
};

export type Warned = { event: string } & WarnFields;

export interface Ground {
  readonly frontEnd: FrontEnd;
  readonly line: Line;
  readonly warned: readonly Warned[];
}

export const LINE: Omit<LineOptions, 'port'> = {
  host: '127.0.0.1',
  protocol: {
    framing: {
      type: 'http',
      method: 'POST',
      path: '/',
      contentType: 'text/xml',
      headBytesMax: 4_096,
      bodyBytesMax: 65_536,
    },
    correlation: 'none',
    connection: { policy: 'kept' },
  },
  connectWithinMs: 1_000,
  answerWithinMs: 5_000,
  lateUntilMs: 10_000,
  halfReadMs: 5_000,
  freeMaxMs: 5_000,
  idleReuseMs: 5_000,
  backoffMaxMs: 100,
  timers: realTimers,
};

const open: (() => Promise<void>)[] = [];

/** A front end and a line to it; `tearDown` ends both. */
export async function ground(serve: Serve, options: Partial<LineOptions> = {}): Promise<Ground> {
  const frontEnd = await startFrontEnd(serve);
  const warned: Warned[] = [];
  const line = await openLine({
    ...LINE,
    port: frontEnd.port,
    onWarn: (event, fields) => warned.push({ event, ...fields }),
    ...options,
  });
  open.push(
    () => line.close(),
    () => frontEnd.close(),
  );
  return { frontEnd, line, warned };
}

export async function tearDown(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** One request on a connection of its own: how it ended, in a word or as its body. */
export async function askOnce(line: Line, body: string, keep = false): Promise<string> {
  const connection = await line.connect(keep ? 'query' : 'order');
  const ended = await connection.send(Buffer.from(body), { keep }).ended;
  if (keep && ended.type === 'answer') connection.keep();
  else connection.close();
  return ended.type === 'answer' ? Buffer.from(ended.body).toString('latin1') : ended.why;
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Until it holds; a test that waits in vain runs into its own time-out. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}
