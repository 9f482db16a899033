/**
 * The sealed days of a journal, to be read: which day has a record, and its line out of the compressed
 * segment. Keeps a few days' places and a few blocks in memory. What is not there or not as it was sealed is
 * answered with nothing; whoever opens the journal has said so (remembering.ts).
 */
import { join } from 'node:path';
import { YinqiError } from '../../errors.ts';
import type { Bodies } from '../bodies.ts';
import { type Disk, errno } from '../disk.ts';
import type { Segment } from '../segments.ts';
import { blockWith, expanded } from './blocks.ts';
import { decodePlaces, type Places } from './day-index.ts';
import { Recent } from './recent.ts';
import { archiveName, digest, indexName, type Seal, sealedDirectory } from './seal.ts';

const DAYS_KEPT = 3;
const BLOCKS_KEPT = 16;

export interface Ground {
  readonly disk: Disk;
  readonly directory: string;
  readonly identity: string;
  readonly bodies: Bodies;
}

/** A file of a sealed day; undefined if it is gone or not as it was sealed. */
export async function readSealed(
  { disk, directory }: Ground,
  seal: Seal,
  name: string,
): Promise<Buffer | undefined> {
  const sealed = seal.files.find((file) => file.name === name);
  try {
    const bytes = await disk.read(join(sealedDirectory(directory), name));
    return digest(bytes) === sealed?.sha256 ? bytes : undefined;
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export class Shelf {
  readonly #ground: Ground;
  readonly #seals: Seal[];
  readonly #places = new Recent<Promise<Places | undefined>>(DAYS_KEPT);
  readonly #blocks = new Recent<Promise<Buffer | undefined>>(BLOCKS_KEPT);

  constructor(ground: Ground, seals: readonly Seal[]) {
    this.#ground = ground;
    this.#seals = [...seals];
  }

  get seals(): readonly Seal[] {
    return this.#seals;
  }

  get last(): Seal | undefined {
    return this.#seals.at(-1);
  }

  add(seal: Seal): void {
    this.#seals.push(seal);
  }

  /** The line of a record; undefined if it is of no sealed day, or cannot be read. */
  async line(n: number): Promise<{ segment: Segment; line: Buffer } | undefined> {
    const seal = this.#with(n);
    if (seal === undefined) return undefined;
    const places = await this.#places.get(seal.day, () => this.#placesOf(seal));
    const place = places?.at(n);
    const segment = places?.segments.find(({ number }) => number === place?.number);
    if (place === undefined || segment === undefined) return undefined;
    const { blocks } = segment;
    const block = blockWith(blocks, place.offset);
    const [from, to] = [blocks[block], blocks[block + 1]];
    if (from === undefined) return undefined;
    const name = archiveName(segment);
    const content = await this.#blocks.get(`${name} ${block}`, () =>
      this.#blockOf(name, from.at, to?.at),
    );
    const at = place.offset - from.from;
    const line = content?.subarray(at, at + place.length);
    return line === undefined ? undefined : { segment, line };
  }

  #with(n: number): Seal | undefined {
    let [low, high] = [0, this.#seals.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seals[middle]?.last ?? 0) < n) low = middle + 1;
      else high = middle;
    }
    const found = this.#seals[low];
    return found !== undefined && found.first <= n && n <= found.last ? found : undefined;
  }

  async #placesOf(seal: Seal): Promise<Places | undefined> {
    const bytes = await readSealed(this.#ground, seal, indexName(seal.day));
    return bytes && decodePlaces(seal.day, bytes, this.#ground.bodies);
  }

  async #blockOf(name: string, at: number, end: number | undefined): Promise<Buffer | undefined> {
    const { disk, directory } = this.#ground;
    const path = join(sealedDirectory(directory), name);
    try {
      if (end === undefined) return expanded((await disk.read(path)).subarray(at));
      const file = await disk.open(path, 'read');
      try {
        return expanded(await file.read(end - at, at));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errno(error) === 'ENOENT') return undefined;
      throw new YinqiError('JOURNAL_DAMAGED', { path: name, detail: errno(error), cause: error });
    }
  }
}
