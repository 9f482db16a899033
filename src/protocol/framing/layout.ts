/**
 * Where the parts of the heads stand, and what their lengths say. Every head has a fixed size, so one
 * length part alone tells how long the body is, as soon as its own bytes are there.
 */
import { Buffer } from 'node:buffer';
import { YinqiError } from '../../errors.ts';
import type { HeadPart, HeadsFraming } from '../spec.ts';

export interface PlacedPart {
  readonly part: HeadPart;
  readonly from: number;
  readonly to: number;
  /** a length part: what it counts beyond the body, in bytes */
  readonly beyondBody: number;
  /** a fixed part: its bytes */
  readonly fixed: Buffer | undefined;
}

export interface HeadLayout {
  readonly bytes: number;
  readonly parts: readonly PlacedPart[];
  /** at least one part says how long the packet is */
  readonly counted: boolean;
}

const invalid = (why: string): YinqiError => new YinqiError('FRAME_INVALID', { detail: why });

/** `value` already fits. Heads are spoken of in bytes: the pad is one ASCII character. */
export function padded(part: HeadPart, value: Uint8Array): Buffer {
  const pad = Buffer.alloc(part.bytes - value.length, part.pad, 'latin1');
  return Buffer.concat(part.align === 'left' ? [value, pad] : [pad, value]);
}

export function withoutPad(part: HeadPart, text: string): string {
  let from = 0;
  let to = text.length;
  if (part.align === 'left') while (to > from && text[to - 1] === part.pad) to -= 1;
  else while (from < to && text[from] === part.pad) from += 1;
  return text.slice(from, to);
}

function fixedOf(part: HeadPart): Buffer | undefined {
  if (part.fixed === undefined) return undefined;
  const value = Buffer.from(part.fixed, 'latin1');
  if (value.length > part.bytes)
    throw new YinqiError('SPEC_INVALID', { path: `head.${part.name}` });
  return padded(part, value);
}

function build(framing: HeadsFraming): HeadLayout {
  const bytes = framing.heads
    .flatMap((head) => head.parts)
    .reduce((sum, one) => sum + one.bytes, 0);
  const parts: PlacedPart[] = [];
  let from = 0;
  for (const head of framing.heads) {
    const headEnds = head.parts.reduce((sum, one) => sum + one.bytes, from);
    for (const part of head.parts) {
      const to = from + part.bytes;
      const counted = {
        packet: bytes,
        'after-part': bytes - to,
        'after-head': bytes - headEnds,
        body: 0,
      };
      const beyondBody = part.length === undefined ? 0 : counted[part.length];
      parts.push({ part, from, to, beyondBody, fixed: fixedOf(part) });
      from = to;
    }
  }
  return { bytes, parts, counted: parts.some(({ part }) => part.length !== undefined) };
}

const layouts = new WeakMap<HeadsFraming, HeadLayout>();

/** Found once for each framing: specs are frozen. */
export function layoutOf(framing: HeadsFraming): HeadLayout {
  const known = layouts.get(framing);
  if (known !== undefined) return known;
  const layout = build(framing);
  layouts.set(framing, layout);
  return layout;
}

const DIGITS = { 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ } as const;

/**
 * The number in a length part. Banks of one family pad it with zeros or spaces, on either side: spaces go
 * on both sides, zeros only in front, for behind they are digits.
 */
export function numberIn(part: HeadPart, bytes: Uint8Array): number {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^ +| +$/g, '');
  if (!DIGITS[part.radix].test(text)) throw invalid(`length ${part.name} is no number`);
  return Number.parseInt(text, part.radix);
}

/** Looks at a part whose bytes are all there; returns the bytes of the body if it says so. */
export function checkPart(
  { part, fixed, beyondBody }: PlacedPart,
  bytes: Uint8Array,
  bodyBytesMax: number,
): number | undefined {
  if (fixed?.equals(bytes) === false) throw invalid(`part ${part.name} is another`);
  if (part.length === undefined) return undefined;
  const body = numberIn(part, bytes) - beyondBody;
  if (body < 0) throw invalid(`length ${part.name} is too small`);
  if (body > bodyBytesMax)
    throw new YinqiError('FRAME_TOO_LARGE', { detail: `length ${part.name}` });
  return body;
}
