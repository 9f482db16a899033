/** What the tormentors have in their hands, and short words for what they do with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Books } from '../world/books.ts';
import type { World } from '../world/world.ts';
import type { Gateways } from './gateways.ts';
import type { LinkProxy } from './link-proxy.ts';
import type { Past } from './past.ts';
import type { SmallDisk } from './small-disk.ts';
import type { Tally } from './tally.ts';

export interface Scene {
  readonly world: World;
  readonly books: Books;
  readonly gateways: Gateways;
  /** by the name the bank's spec gives it */
  readonly proxies: ReadonlyMap<string, LinkProxy>;
  readonly disk: SmallDisk;
  readonly past: Past;
  readonly tally: Tally;
  /** the torment is over: nothing new is done, and what waits does not wait on */
  readonly over: AbortSignal;
  /** processes are left alone for a while, so that one gateway lives long enough to be measured */
  readonly calm: () => boolean;
}

const LOOK_MS = 50;
const WELL_WITHIN_MS = 300_000;
const OWNED_WITHIN_MS = 60_000;

/** Waits, but not beyond the end of the torment. */
export async function pause({ over }: Pick<Scene, 'over'>, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: over }).catch(() => undefined);
}

/** How long until a gateway owns the journal and a ledger hears something again; measured aside. */
export function measure(scene: Scene, kind: string): void {
  const { books, gateways, over, tally } = scene;
  const began = performance.now();
  const wellAgain = async (): Promise<void> => {
    let messages: number | undefined;
    while (!over.aborted && performance.now() - began < WELL_WITHIN_MS) {
      await sleep(LOOK_MS);
      if (gateways.owner === undefined) messages = undefined;
      else messages ??= books.messages;
      if (messages === undefined || books.messages === messages) continue;
      tally.recovered(kind, performance.now() - began);
      return;
    }
  };
  void wellAgain();
}

/** Until a gateway owns the journal, so that a slow machine gets its work done too; not for ever. */
export async function untilOwned(scene: Scene): Promise<void> {
  const began = performance.now();
  while (scene.gateways.owner === undefined && !scene.over.aborted) {
    if (performance.now() - began > OWNED_WITHIN_MS) return;
    await pause(scene, LOOK_MS);
  }
}

/** Until a ledger has heard so much more, so that torment keeps step with work on any machine; not for ever. */
export async function untilWorked(scene: Scene, messages: number, withinMs: number): Promise<void> {
  const { books, over } = scene;
  const [began, from] = [performance.now(), books.messages];
  while (!over.aborted && books.messages - from < messages) {
    if (performance.now() - began > withinMs) return;
    await pause(scene, LOOK_MS);
  }
}

export type Event = (scene: Scene, random: () => number) => Promise<void>;

/** One after the other: each once, in an order of the seed, so that a short run has them all; then by weight. */
export async function torment(
  scene: Scene,
  random: () => number,
  events: readonly (readonly [weight: number, kind: string, event: Event])[],
  breathe: (scene: Scene, random: () => number) => Promise<void>,
  resting: () => boolean = () => false,
): Promise<void> {
  const sum = events.reduce((all, [weight]) => all + weight, 0);
  const first = events
    .map((event) => ({ event, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event);
  while (!scene.over.aborted) {
    await breathe(scene, random);
    if (scene.over.aborted) return;
    if (resting()) continue;
    let drawn = random() * sum;
    const byWeight = events.find(([weight]) => {
      drawn -= weight;
      return drawn < 0;
    });
    const found = first.pop() ?? byWeight;
    if (found === undefined) continue;
    const [, kind, event] = found;
    await event(scene, random);
    scene.tally.fault(kind);
  }
}
