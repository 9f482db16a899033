/**
 * Bytes → one whole HTTP/1.1 answer, in pieces of any size: the pieces never change what is read.
 *
 *   status ─▶ headers ─┬▶ length ──────────────────────────▶ over
 *     ▲ 1xx    │       ├▶ until-close ── FIN ──────────────▶ over
 *     └────────┘       └▶ chunk-size ─▶ chunk ─▶ chunk-end
 *                             │ ▲_________________│
 *                             └─ 0 ─▶ trailers ────────────▶ over
 *
 * Whole or not at all: a body that ends before its announced end is broken, and so is any status but 200,
 * whatever the body says. Never throws; holds at most headBytesMax + bodyBytesMax (and the slack of growing).
 */
import { YinqiError } from '../../errors.ts';
import type { Reader, Reading } from './framer.ts';
import { Growing } from './growing.ts';
import { guarded, invalid } from './guarded.ts';
import { checkHead, type Head, headerLine, statusLine, staysOpen } from './http-head.ts';

export interface Limits {
  readonly headBytesMax: number;
  readonly bodyBytesMax: number;
}

type Phase =
  | 'status'
  | 'headers'
  | 'length'
  | 'until-close'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'
  | 'over';

const MORE: Reading = { is: 'more' };
const NOTHING = new Uint8Array(0);
const LF = 10;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const CHUNK_LINE_BYTES_MAX = 1024;

const tooLarge = (why: string): YinqiError => new YinqiError('FRAME_TOO_LARGE', { detail: why });

export class AnswerReader implements Reader {
  readonly #limits: Limits;
  #phase: Phase = 'status';
  #head: Head | undefined;
  /** bytes of all head lines so far, those of 1xx answers and trailers included */
  #headBytes = 0;
  #line = new Growing();
  #body = new Growing();
  /** bytes still to come of the body or of the chunk */
  #missing = 0;
  #proxied = false;
  #started = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** a byte has come */
  get started(): boolean {
    return this.#started;
  }

  /** a header says that the answer did not come straight from the front end */
  get proxied(): boolean {
    return this.#proxied;
  }

  push(bytes: Uint8Array): Reading {
    if (bytes.length > 0) this.#started = true;
    return this.#guarded(() => {
      let at = 0;
      while (at < bytes.length) {
        at = this.#take(bytes, at);
        if (this.#phase === 'over') return this.#answer(bytes.subarray(at));
      }
      return MORE;
    });
  }

  /** The peer has ended its side. */
  end(): Reading {
    return this.#guarded(() => {
      if (this.#phase !== 'until-close') throw invalid('ended early');
      return this.#answer(NOTHING);
    });
  }

  #guarded(read: () => Reading): Reading {
    return guarded(this.#phase === 'over', read, () => {
      this.#phase = 'over';
      this.#line.take();
      this.#body.take();
    });
  }

  #answer(rest: Uint8Array): Reading {
    this.#phase = 'over';
    const open = this.#head !== undefined && staysOpen(this.#head) && rest.length === 0;
    return { is: 'packet', packet: this.#body.take(), rest, staysOpen: open };
  }

  /** Takes what the phase can use, from `at`; returns where it stopped. */
  #take(bytes: Uint8Array, at: number): number {
    switch (this.#phase) {
      case 'length':
      case 'chunk': {
        const to = Math.min(bytes.length, at + this.#missing);
        this.#body.add(bytes.subarray(at, to));
        this.#missing -= to - at;
        if (this.#missing === 0) this.#phase = this.#phase === 'chunk' ? 'chunk-end' : 'over';
        return to;
      }
      case 'until-close':
        this.#fits(bytes.length - at);
        this.#body.add(bytes.subarray(at));
        return bytes.length;
      default:
        return this.#takeLine(bytes, at);
    }
  }

  #takeLine(bytes: Uint8Array, at: number): number {
    const feed = bytes.indexOf(LF, at);
    const to = feed < 0 ? bytes.length : feed + 1;
    this.#countLine(to - at);
    this.#line.add(bytes.subarray(at, to));
    if (feed < 0) return to;
    const line = this.#line.take().toString('latin1');
    if (!line.endsWith('\r\n')) throw invalid('line end');
    this.#onLine(line.slice(0, -2));
    return to;
  }

  #countLine(bytes: number): void {
    if (this.#phase === 'chunk-size' || this.#phase === 'chunk-end') {
      if (this.#line.length + bytes > CHUNK_LINE_BYTES_MAX) throw tooLarge('chunk line');
      return;
    }
    this.#headBytes += bytes;
    if (this.#headBytes > this.#limits.headBytesMax) throw tooLarge('head');
  }

  #onLine(line: string): void {
    if (this.#phase === 'status') {
      this.#head = statusLine(line);
      this.#phase = 'headers';
      return;
    }
    if (this.#phase === 'chunk-size') {
      this.#onChunkSize(line);
      return;
    }
    if (this.#phase === 'chunk-end') {
      if (line !== '') throw invalid('chunk end');
      this.#phase = 'chunk-size';
      return;
    }
    this.#onHeaderLine(line);
  }

  #onHeaderLine(line: string): void {
    const head = this.#head;
    if (head === undefined) throw invalid('status line');
    if (line !== '') {
      // a trailer is looked at for its shape alone: nothing in it may change where the body ended
      headerLine(this.#phase === 'trailers' ? { version: '1.1', status: 200 } : head, line);
      if (head.proxied) this.#proxied = true;
      return;
    }
    if (this.#phase === 'trailers') this.#phase = 'over';
    else this.#onHead(head);
  }

  #onHead(head: Head): void {
    checkHead(head);
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      this.#phase = 'status';
      return;
    }
    if (head.status !== 200) throw invalid(`status ${head.status}`);
    if (head.chunked) {
      this.#phase = 'chunk-size';
    } else if (head.length === undefined) {
      this.#phase = 'until-close';
    } else {
      this.#fits(head.length);
      this.#missing = head.length;
      this.#phase = head.length === 0 ? 'over' : 'length';
    }
  }

  #onChunkSize(line: string): void {
    const size = CHUNK_SIZE.exec(line)?.[1];
    if (size === undefined) throw invalid('chunk size');
    this.#missing = Number.parseInt(size, 16);
    this.#fits(this.#missing);
    this.#phase = this.#missing === 0 ? 'trailers' : 'chunk';
  }

  #fits(more: number): void {
    if (this.#body.length + more > this.#limits.bodyBytesMax) throw tooLarge('body');
  }
}
