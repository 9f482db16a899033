/** Connections that carry more than one request, or might: the answer of one is never that of another (R7). */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answer, askOnce, ground, pause, tearDown, until } from './front-end.ts';

afterEach(tearDown);

const echo = (request: string, socket: Socket): void => {
  socket.write(answer(`re:${request}`));
};

describe('P1: an order', () => {
  it('R7: has its connection to itself', async () => {
    const { line, frontEnd } = await ground(echo);
    for (const one of ['a', 'b', 'c']) expect(await askOnce(line, one)).toBe(`re:${one}`);
    expect(frontEnd.connections()).toBe(3);
    await until(() => frontEnd.open() === 0);
  });

  it('never takes a connection that a query has used', async () => {
    const { line, frontEnd } = await ground(echo);
    await askOnce(line, 'list', true);
    await askOnce(line, 'pay');
    expect(frontEnd.connections()).toBe(2);
  });

  it('cannot ask for its connection to be kept', async () => {
    const { line, frontEnd } = await ground(echo);
    const connection = await line.connect('order');
    expect(() => connection.send(Buffer.from('pay'), { keep: true })).toThrow(
      expect.objectContaining({ code: 'DEFECT' }),
    );
    await pause(30);
    expect(frontEnd.requests).toEqual([]);
  });

  it('cannot be sent a second time on its connection', async () => {
    const { line, frontEnd } = await ground(() => undefined);
    const connection = await line.connect('order');
    connection.send(Buffer.from('pay'), { keep: false });
    expect(connection.usable).toBe(false);
    expect(() => connection.send(Buffer.from('pay'), { keep: false })).toThrow(
      expect.objectContaining({ code: 'DEFECT' }),
    );
    await until(() => frontEnd.requests.length > 0);
    await pause(30);
    expect(frontEnd.requests).toEqual(['pay']);
  });
});

describe('queries', () => {
  it('share a connection while it is fresh', async () => {
    const { line, frontEnd } = await ground(echo);
    for (const one of ['a', 'b', 'c']) expect(await askOnce(line, one, true)).toBe(`re:${one}`);
    expect(frontEnd.connections()).toBe(1);
  });

  it('and let it go when it is not', async () => {
    const { line, frontEnd } = await ground(echo, { idleReuseMs: 40 });
    await askOnce(line, 'a', true);
    await until(() => frontEnd.open() === 0);
    await askOnce(line, 'b', true);
    expect(frontEnd.connections()).toBe(2);
  });

  it('do not share one whose answer nobody vouched for', async () => {
    const { line, frontEnd } = await ground(echo);
    const connection = await line.connect('query');
    await connection.send(Buffer.from('a'), { keep: true }).ended;
    expect(await askOnce(line, 'b', true)).toBe('re:b');
    expect(frontEnd.connections()).toBe(2);
    expect(connection.usable).toBe(false);
  });

  it('do not share one at the same time', async () => {
    const { line, frontEnd } = await ground(echo);
    await askOnce(line, 'warm', true);
    await Promise.all(['a', 'b'].map((one) => askOnce(line, one, true)));
    expect(frontEnd.connections()).toBe(2);
  });

  it('a handle that gave its connection back is worth nothing', async () => {
    const { line, frontEnd } = await ground(echo);
    const mine = await line.connect('query');
    await mine.send(Buffer.from('a'), { keep: true }).ended;
    mine.keep();
    const theirs = await line.connect('query');
    expect(mine.usable).toBe(false);
    expect(() => mine.send(Buffer.from('b'), { keep: true })).toThrow();
    mine.close();
    expect(theirs.usable).toBe(true);
    theirs.close();
    expect(frontEnd.connections()).toBe(1);
  });
});

describe('the same answer twice', () => {
  it('in one segment', async () => {
    const { line, frontEnd, warned } = await ground((request, socket) => {
      const once = answer(`re:${request}`);
      socket.write(once + once);
    });
    expect(await askOnce(line, 'a', true)).toBe('re:a');
    expect(await askOnce(line, 'b', true)).toBe('re:b');
    expect(frontEnd.connections()).toBe(2);
    expect(warned.map((one) => one.event)).toEqual(['unclaimed-bytes', 'unclaimed-bytes']);
  });

  it('while the connection is idle', async () => {
    const { line, frontEnd, warned } = await ground((request, socket) => {
      socket.write(answer(`re:${request}`));
      setTimeout(() => socket.write(answer(`re:${request}`)), 20);
    });
    expect(await askOnce(line, 'a', true)).toBe('re:a');
    await until(() => warned.length > 0);
    expect(warned[0]?.event).toBe('unclaimed-bytes');
    expect(await askOnce(line, 'b', true)).toBe('re:b');
    expect(frontEnd.connections()).toBe(2);
  });

  it('after the next order was written, which is on a connection of its own', async () => {
    const sockets: Socket[] = [];
    const { line } = await ground((request, socket) => {
      sockets.push(socket);
      // the first connection repeats its answer when the second request is there
      if (request === 'b') sockets[0]?.write(answer('re:a'));
      setTimeout(() => socket.write(answer(`re:${request}`)), 20);
    });
    expect(await askOnce(line, 'a')).toBe('re:a');
    expect(await askOnce(line, 'b')).toBe('re:b');
  });

  it('R7: after the next query was written: its own check must say no, and the true answer closes', async () => {
    const { line, frontEnd, warned } = await ground((request, socket) => {
      if (request === 'b') socket.write(answer('re:a'));
      setTimeout(() => socket.write(answer(`re:${request}`)), 20);
    });
    expect(await askOnce(line, 'a', true)).toBe('re:a');
    const connection = await line.connect('query');
    const ended = await connection.send(Buffer.from('b'), { keep: true }).ended;
    // the bytes name another question; whoever asked sees it, does not keep it, and asks again elsewhere
    expect(ended.type === 'answer' && Buffer.from(ended.body).toString()).toBe('re:a');
    await until(() => warned.length > 0);
    expect(warned[0]?.event).toBe('unclaimed-bytes');
    await until(() => frontEnd.open() === 0);
    connection.keep();
    expect(await askOnce(line, 'c', true)).toBe('re:c');
    expect(frontEnd.connections()).toBe(2);
  });
});

it('R7: executed and then reset on a reused connection: asked once, never again', async () => {
  const { line, frontEnd } = await ground((request, socket) => {
    if (request === 'b') socket.resetAndDestroy();
    else socket.write(answer(`re:${request}`));
  });
  await askOnce(line, 'a', true);
  expect(await askOnce(line, 'b', true)).toBe('closed');
  await pause(50);
  expect(frontEnd.requests).toEqual(['a', 'b']);
  expect(frontEnd.connections()).toBe(1);
});

it('closed by the front end while idle: the next query has another connection', async () => {
  const { line, frontEnd } = await ground((request, socket) => {
    socket.write(answer(`re:${request}`));
    setTimeout(() => socket.end(), 10);
  });
  expect(await askOnce(line, 'a', true)).toBe('re:a');
  await until(() => frontEnd.open() === 0);
  expect(await askOnce(line, 'b', true)).toBe('re:b');
  expect(frontEnd.requests).toEqual(['a', 'b']);
});

describe('a connection that carried nothing', () => {
  it('is lent again, to orders too', async () => {
    const { line, frontEnd } = await ground(echo);
    (await line.connect('order')).close();
    (await line.connect('query')).close();
    expect(await askOnce(line, 'pay')).toBe('re:pay');
    expect(frontEnd.connections()).toBe(1);
  });

  it('is lent to one at a time', async () => {
    const { line, frontEnd } = await ground(echo);
    (await line.connect('order')).close();
    const both = await Promise.all([line.connect('order'), line.connect('order')]);
    expect(both.map((one) => one.usable)).toEqual([true, true]);
    await until(() => frontEnd.connections() === 2);
    for (const one of both) one.close();
  });

  it('is dropped when it is not fresh any more', async () => {
    const { line, frontEnd } = await ground(echo, { freeMaxMs: 40 });
    const connection = await line.connect('order');
    connection.close();
    await until(() => frontEnd.open() === 0);
    expect(await askOnce(line, 'pay')).toBe('re:pay');
    expect(frontEnd.connections()).toBe(2);
  });

  it('is not usable once the front end spoke unasked or hung up', async () => {
    for (const how of ['spoke', 'hung up']) {
      const { line, frontEnd } = await ground(echo);
      const connection = await line.connect('order');
      expect(connection.usable).toBe(true);
      await until(() => frontEnd.open() === 1);
      const [socket] = frontEnd.sockets;
      if (how === 'spoke') socket?.write(answer('unasked'));
      else socket?.end();
      await until(() => !connection.usable);
      expect(() => connection.send(Buffer.from('pay'), { keep: false })).toThrow(
        expect.objectContaining({ code: 'DEFECT' }),
      );
      expect(frontEnd.requests).toEqual([]);
    }
  });
});
