/**
 * Bytes → one packet of heads framing, in pieces of any size: the pieces never change what is read.
 *
 *   head ─ all parts are there ─┬▶ counted ── so many bytes ──▶ over
 *                               ├▶ tagged ─── the tag ────────▶ over
 *                               └▶ streamed ─ end of stream ──▶ over
 *
 * Each part is looked at as soon as its bytes are there: a wrong constant or a length that cannot be is
 * refused before anything is held for it. Holds at most the heads and bodyBytesMax. Never throws.
 */
import { Buffer } from 'node:buffer';
import { YinqiError } from '../../errors.ts';
import type { HeadsFraming } from '../spec.ts';
import type { Reader, Reading } from './framer.ts';
import { Growing } from './growing.ts';
import { guarded, invalid } from './guarded.ts';
import { checkPart, type HeadLayout, layoutOf } from './layout.ts';

type Phase = 'head' | 'counted' | 'tagged' | 'streamed' | 'over';

const MORE: Reading = { is: 'more' };
const NOTHING = new Uint8Array(0);

export class PacketReader implements Reader {
  readonly proxied = false;
  readonly #layout: HeadLayout;
  readonly #bodyBytesMax: number;
  readonly #end: HeadsFraming['end'];
  readonly #tag: Buffer;
  readonly #held = new Growing();
  #phase: Phase = 'head';
  /** parts that were looked at */
  #checked = 0;
  /** what the lengths said so far */
  #bodyBytes: number | undefined;
  #started = false;

  constructor(framing: HeadsFraming) {
    this.#layout = layoutOf(framing);
    this.#bodyBytesMax = framing.bodyBytesMax;
    this.#end = framing.end;
    this.#tag = Buffer.from(typeof framing.end === 'object' ? framing.end.tag : '', 'latin1');
    if (this.#layout.bytes === 0) this.#phase = this.#bodyPhase();
  }

  get started(): boolean {
    return this.#started;
  }

  push(bytes: Uint8Array): Reading {
    if (bytes.length > 0) this.#started = true;
    return this.#guarded(() => {
      let at = 0;
      while (at < bytes.length) {
        at = this.#take(bytes, at);
        if (this.#phase === 'over') return this.#packet(bytes.subarray(at), true);
      }
      return MORE;
    });
  }

  end(): Reading {
    return this.#guarded(() => {
      if (this.#phase !== 'streamed' || !this.#started) throw invalid('ended early');
      return this.#packet(NOTHING, false);
    });
  }

  #guarded(read: () => Reading): Reading {
    return guarded(this.#phase === 'over', read, () => {
      this.#phase = 'over';
      this.#held.take();
    });
  }

  #packet(rest: Uint8Array, staysOpen: boolean): Reading {
    this.#phase = 'over';
    return {
      is: 'packet',
      packet: this.#held.take(),
      rest,
      staysOpen: staysOpen && rest.length === 0,
    };
  }

  /** Takes what the phase can use, from `at`; returns where it stopped. */
  #take(bytes: Uint8Array, at: number): number {
    if (this.#phase === 'head') return this.#takeHead(bytes, at);
    const most = this.#phase === 'counted' ? (this.#bodyBytes ?? 0) : this.#bodyBytesMax;
    const room = this.#layout.bytes + most - this.#held.length;
    if (room === 0) throw new YinqiError('FRAME_TOO_LARGE', { detail: 'body' });
    const to = Math.min(bytes.length, at + room);
    const before = this.#held.length;
    this.#held.add(bytes.subarray(at, to));
    if (this.#phase === 'counted' && to - at === room) this.#phase = 'over';
    if (this.#phase !== 'tagged') return to;
    // the tag may have begun in the piece before, and never in a head
    const from = Math.max(this.#layout.bytes, before - this.#tag.length + 1);
    const found = this.#held.indexOf(this.#tag, from);
    if (found < 0) return to;
    this.#phase = 'over';
    this.#held.cut(found + this.#tag.length);
    return at + this.#held.length - before;
  }

  #takeHead(bytes: Uint8Array, at: number): number {
    const to = Math.min(bytes.length, at + this.#layout.bytes - this.#held.length);
    this.#held.add(bytes.subarray(at, to));
    this.#checkParts();
    if (this.#held.length === this.#layout.bytes) this.#phase = this.#bodyPhase();
    return to;
  }

  #checkParts(): void {
    const { parts } = this.#layout;
    for (let placed = parts[this.#checked]; placed !== undefined; placed = parts[this.#checked]) {
      if (placed.to > this.#held.length) return;
      const body = checkPart(placed, this.#held.slice(placed.from, placed.to), this.#bodyBytesMax);
      if (body !== undefined && this.#bodyBytes !== undefined && body !== this.#bodyBytes) {
        throw invalid(`length ${placed.part.name} disagrees`);
      }
      this.#bodyBytes ??= body;
      this.#checked += 1;
    }
  }

  #bodyPhase(): Phase {
    if (this.#layout.counted) return this.#bodyBytes === 0 ? 'over' : 'counted';
    return this.#end === 'stream' ? 'streamed' : 'tagged';
  }
}
