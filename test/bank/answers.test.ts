/** What a front end may do with one request, on real sockets: whole answers and everything else. */
import { Buffer } from 'node:buffer';
import { afterEach, describe, expect, it } from 'vitest';
import { answer, askOnce, chunked, ground, pause, tearDown, until } from './front-end.ts';

afterEach(tearDown);

describe('a whole answer', () => {
  it.each([
    ['by its length', answer('booked')],
    ['in chunks', chunked('boo', 'ked')],
    ['until close', 'HTTP/1.1 200 OK\r\n\r\nbooked'],
    ['after a 100', `HTTP/1.1 100 Continue\r\n\r\n${answer('booked')}`],
  ])('%s', async (_name, bytes) => {
    const { line, frontEnd } = await ground((_request, socket) => socket.end(bytes));
    expect(await askOnce(line, 'pay')).toBe('booked');
    expect(frontEnd.requests).toEqual(['pay']);
  });

  it('in segments of one byte', async () => {
    const bytes = answer('booked');
    const { line } = await ground(async (_request, socket) => {
      for (const byte of bytes) {
        socket.write(byte);
        await pause(0);
      }
    });
    expect(await askOnce(line, 'pay')).toBe('booked');
  });

  it('of many segments', async () => {
    const body = 'x'.repeat(60_000);
    const { line } = await ground((_request, socket) => socket.end(answer(body)));
    expect(await askOnce(line, 'pay')).toBe(body);
  });

  it('through a proxy is taken, and told', async () => {
    const { line, warned } = await ground((_request, socket) =>
      socket.end(answer('booked', 'Via: 1.1 squid\r\n')),
    );
    expect(await askOnce(line, 'pay')).toBe('booked');
    expect(warned).toEqual([{ event: 'answer-proxied', peer: line.peer }]);
  });

  it('with too short a length is what the length says; the codec sees that it is cut', async () => {
    const { line, warned, frontEnd } = await ground((_request, socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbooked'),
    );
    expect(await askOnce(line, 'list', true)).toBe('book');
    expect(warned).toEqual([{ event: 'unclaimed-bytes', peer: line.peer, bytes: 2 }]);
    // and nothing else is asked on that connection
    expect(await askOnce(line, 'list', true)).toBe('book');
    expect(frontEnd.connections()).toBe(2);
  });
});

describe('no answer', () => {
  it('ended in the middle, wherever that is', async () => {
    const bytes = answer('booked');
    const { line } = await ground((request, socket) => {
      socket.end(bytes.slice(0, Number(request)));
    });
    const ends: string[] = [];
    for (let cut = 0; cut < bytes.length; cut += 1) ends.push(await askOnce(line, String(cut)));
    expect(new Set(ends.slice(1))).toEqual(new Set(['broken']));
    expect(ends[0]).toBe('closed');
    expect(await askOnce(line, String(bytes.length))).toBe('booked');
  });

  it('ended in the middle of chunks, wherever that is', async () => {
    const bytes = chunked('boo', 'ked');
    const { line } = await ground((request, socket) => {
      socket.end(bytes.slice(0, Number(request)));
    });
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await askOnce(line, String(cut)), `after ${cut} bytes`).toBe('broken');
    }
  });

  it('reset in the middle of an answer that goes until close', async () => {
    const { line } = await ground((_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n<half>', () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    });
    expect(await askOnce(line, 'pay')).toBe('closed');
  });

  it.each([
    [
      '502 that says success',
      'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 7\r\n\r\nAAAAAAA',
      'status 502',
    ],
    ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', 'status 302'],
    ['garbage', 'what do you want?\r\n', 'status line'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      'two lengths',
    ],
  ])('%s', async (_name, bytes, why) => {
    const { line, warned, frontEnd } = await ground((_request, socket) => socket.write(bytes));
    expect(await askOnce(line, 'pay')).toBe('broken');
    expect(warned).toEqual([
      { event: 'answer-broken', peer: line.peer, code: 'FRAME_INVALID', why },
    ]);
    expect(frontEnd.requests, 'and is not asked again').toEqual(['pay']);
    await until(() => frontEnd.open() === 0);
  });

  it('larger than the limit', async () => {
    const { line, warned } = await ground((_request, socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n'),
    );
    expect(await askOnce(line, 'pay')).toBe('broken');
    expect(warned[0]?.code).toBe('FRAME_TOO_LARGE');
  });

  it('longer announced than sent', async () => {
    const { line } = await ground((_request, socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nbooked'),
    );
    expect(await askOnce(line, 'pay')).toBe('broken');
  });

  it.each([
    ['nothing', ''],
    ['half, then silence', answer('booked').slice(0, 40)],
  ])('%s: past the deadline', async (_name, bytes) => {
    const { line, frontEnd } = await ground((_request, socket) => socket.write(bytes), {
      answerWithinMs: 50,
      lateUntilMs: 100,
    });
    const connection = await line.connect('order');
    const exchange = connection.send(Buffer.from('pay'), { keep: false });
    expect(await exchange.ended).toEqual({ type: 'silent', why: 'deadline' });
    expect(connection.usable).toBe(false);
    expect(() => connection.send(Buffer.from('pay'), { keep: false })).toThrow(
      expect.objectContaining({ code: 'DEFECT' }),
    );
    expect(await exchange.late).toBeUndefined();
    await until(() => frontEnd.open() === 0);
    expect(frontEnd.requests).toEqual(['pay']);
  });
});

describe('a late answer', () => {
  it('R19: belongs to the request it was late for, and nothing is asked again', async () => {
    const { line, frontEnd } = await ground(
      (_request, socket) => setTimeout(() => socket.write(answer('booked')), 150),
      { answerWithinMs: 50, lateUntilMs: 5_000 },
    );
    const connection = await line.connect('order');
    const exchange = connection.send(Buffer.from('pay'), { keep: false });
    expect(await exchange.ended).toEqual({ type: 'silent', why: 'deadline' });
    // even where the caller has let the connection go
    connection.close();
    const late = await exchange.late;
    expect(late && Buffer.from(late).toString()).toBe('booked');
    expect(frontEnd.requests).toEqual(['pay']);
  });

  it('and no answer in time settles at once that there is no late one', async () => {
    const { line } = await ground((_request, socket) => socket.write(answer('booked')));
    const connection = await line.connect('order');
    const exchange = connection.send(Buffer.from('pay'), { keep: false });
    expect((await exchange.ended).type).toBe('answer');
    expect(await exchange.late).toBeUndefined();
  });
});
