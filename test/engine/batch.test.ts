/** One batch in flight; the next leaves when it was answered; every item gets its own answer. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Batcher } from '../../src/engine/batch.ts';
import { realTimers } from '../../src/timers.ts';

/** A place that answers when told to. */
class Place {
  readonly batches: number[][] = [];
  #answer: (() => void)[] = [];
  fails = false;

  run = async (items: number[]): Promise<string[]> => {
    this.batches.push(items);
    await new Promise<void>((resolve) => this.#answer.push(resolve));
    if (this.fails) throw new Error('the place is down');
    return items.map((item) => `answer ${item}`);
  };

  async answer(): Promise<void> {
    await turn();
    this.#answer.shift()?.();
    await turn();
  }
}

const made = (itemsMax = 3) => {
  const place = new Place();
  return { place, batcher: new Batcher<number, string>(place.run, itemsMax, realTimers) };
};

describe('a batcher', () => {
  it('takes what comes in one turn as one batch', async () => {
    const { place, batcher } = made();
    const answers = [1, 2, 3].map((item) => batcher.add(item));
    expect(place.batches).toEqual([]);
    await place.answer();
    expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3']);
    expect(place.batches).toEqual([[1, 2, 3]]);
  });

  it('keeps one batch in flight and gathers the next meanwhile, in order', async () => {
    const { place, batcher } = made();
    const first = batcher.add(1);
    await turn();
    const more = [2, 3, 4, 5].map((item) => batcher.add(item));
    await turn();
    expect(place.batches).toEqual([[1]]);
    await place.answer();
    expect(await first).toBe('answer 1');
    expect(place.batches).toEqual([[1], [2, 3, 4]]);
    await place.answer();
    await place.answer();
    expect(await Promise.all(more)).toEqual(['answer 2', 'answer 3', 'answer 4', 'answer 5']);
    expect(place.batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('begins again after it stood still', async () => {
    const { place, batcher } = made();
    for (const item of [1, 2]) {
      const answer = batcher.add(item);
      await place.answer();
      expect(await answer).toBe(`answer ${item}`);
    }
    expect(place.batches).toEqual([[1], [2]]);
  });

  it('a batch that fails fails its own items, and the next goes', async () => {
    const { place, batcher } = made(1);
    const [failing, good] = [batcher.add(1), batcher.add(2)];
    const failed = expect(failing).rejects.toThrow('the place is down');
    place.fails = true;
    await place.answer();
    await failed;
    place.fails = false;
    await place.answer();
    expect(await good).toBe('answer 2');
  });

  it('an item without an answer fails rather than waits for ever', async () => {
    const batcher = new Batcher<number, string>(async () => ['only one'], 3, realTimers);
    const [one, two] = [batcher.add(1), batcher.add(2)];
    const failed = expect(two).rejects.toThrow('fewer items');
    expect(await one).toBe('only one');
    await failed;
  });
});
