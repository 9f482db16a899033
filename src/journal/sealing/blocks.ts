/**
 * A sealed segment is compressed in blocks of whole lines, each a gzip member of its own, one behind the other:
 * `zcat` reads all of it, and one record costs one block.
 */
import { gunzipSync, gzipSync } from 'node:zlib';

const BLOCK_BYTES = 256 * 1024;
const LF = 0x0a;

export interface Block {
  /** first byte of it in the segment */
  readonly from: number;
  /** first byte of it in the file */
  readonly at: number;
}

/** The same bytes in are the same bytes out. */
export function compressed(content: Buffer): { blocks: Block[]; bytes: Buffer } {
  const blocks: Block[] = [];
  const parts: Buffer[] = [];
  let at = 0;
  for (let from = 0; from < content.length; ) {
    const end = content.indexOf(LF, Math.min(from + BLOCK_BYTES, content.length) - 1);
    const to = end === -1 ? content.length : end + 1;
    const part = gzipSync(content.subarray(from, to));
    blocks.push({ from, at });
    parts.push(part);
    at += part.length;
    from = to;
  }
  return { blocks, bytes: Buffer.concat(parts) };
}

/** Number of the block that has this byte of the segment. */
export function blockWith(blocks: readonly Block[], offset: number): number {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.from ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Undefined: not what `compressed` made. */
export function expanded(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}
