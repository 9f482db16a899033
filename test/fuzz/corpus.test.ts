/**
 * Everything that reads bytes of others: what was kept of earlier runs, and a few hundred new inputs. For long
 * runs on threads with little memory: `npm run fuzz`. YINQI_SEED repeats a run.
 */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { draw } from '../../mock-bank/random.ts';
import { feed } from '../../scripts/fuzz/attempts.ts';
import { readCorpus } from '../../scripts/fuzz/corpus.ts';
import { mutate } from '../../scripts/fuzz/mutate.ts';
import type { Target } from '../../scripts/fuzz/target.ts';
import { targets } from '../../scripts/fuzz/targets.ts';
import { YinqiError } from '../../src/errors.ts';

const seed = Number(process.env.YINQI_SEED ?? Math.floor(Math.random() * 1e6));
const NEW_INPUTS = 150;
/** each of its inputs is a connection */
const NEW_CALLS = 30;

it.each(targets('protocol-specs').map((target) => [target.name, target] as const))(
  `%s is refused or read, and nothing else (seed ${seed})`,
  async (name, target) => {
    const corpus = readCorpus('test/fuzz/corpus', name);
    expect(corpus.length).toBeGreaterThan(0);
    const first = target.seeds.length + corpus.length;
    const more = name === 'listener' ? NEW_CALLS : NEW_INPUTS;
    const { found, inputs } = await feed(target, {
      corpus,
      seed,
      ms: 60_000,
      inputsMax: first + more,
    });
    expect(found.map(({ input, what }) => [what, Buffer.from(input).toString('base64')])).toEqual(
      [],
    );
    expect(inputs).toBe(first + more);
  },
);

describe('the fuzzer', () => {
  const fed = (run: Target['run'], inputsMax = 300) =>
    feed(
      { name: 'planted', seeds: [Buffer.from('good 12')], bytesMax: 64, run },
      { corpus: [], seed: 7, ms: 60_000, inputsMax },
    );

  it('finds what throws, and not what refuses', async () => {
    const { found } = await fed((input) => {
      if (input.length > 7) throw new TypeError('planted');
      if (input.length < 7) throw new YinqiError('MESSAGE_INVALID', { path: 'planted' });
      return 'read';
    });
    expect(found.length).toBeGreaterThan(10);
    expect(found.every(({ input, what }) => what.includes('planted') && input.length !== 7)).toBe(
      true,
    );
  });

  it('finds what takes too long', async () => {
    let slept = false;
    const { found } = await fed((input) => {
      if (!slept && input.length > 7) {
        slept = true;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_050);
      }
      return 'read';
    });
    expect(found.map(({ what }) => what)).toEqual([expect.stringMatching(/^took \d+ ms$/)]);
  });

  it('keeps an input of each new end', async () => {
    const { kept } = await fed((input) => `${input.length % 5}`);
    expect(kept.length).toBe(4);
  });

  it('makes the same inputs of the same seed, never longer than it may', () => {
    const made = () => {
      const random = draw(3, 'same');
      const good = Buffer.from('<row><a>1</a></row>');
      return Array.from({ length: 500 }, () => Buffer.from(mutate(random, good, [good], 1_000)));
    };
    expect(made()).toEqual(made());
    expect(Math.max(...made().map(({ length }) => length))).toBeLessThanOrEqual(1_000);
  });
});
