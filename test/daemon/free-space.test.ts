/** Goal: while the disk of the journal is nearly full nothing is taken or sent, on any link, and each of them says why. */
import { expect, it } from 'vitest';
import { FreeSpace } from '../../src/daemon/free-space.ts';
import { Standing } from '../../src/engine/standing.ts';

const LEAST = 256 * 2 ** 20;

function watched(free: () => Promise<number>) {
  const lines: string[] = [];
  const seen: number[][] = [];
  const standings = [new Standing('/nowhere'), new Standing('/nowhere')];
  const log = (event: string) => void lines.push(event);
  const space = new FreeSpace({
    free,
    least: LEAST,
    standings: () => standings,
    metrics: { journalDisk: (...now) => void seen.push(now) },
    log: { error: log, warn: log },
  });
  const reasons = () =>
    standings.flatMap((one) => [one.whyNotTake(), one.whyNotSend().slice(0, 1)].flat());
  return { lines, reasons, seen, space };
}

it('goes on taking and sending as long as there is room, and says once when that ends and when it is back', async () => {
  let free = LEAST;
  const { lines, reasons, seen, space } = watched(async () => free);
  await space.look();
  expect([reasons(), lines]).toEqual([[], []]);
  free = LEAST - 1;
  await space.look();
  await space.look();
  const why = 'the disk of the journal is nearly full: 255 of at least 256 MiB are free';
  expect(reasons()).toEqual([why, why, why, why]);
  expect(lines).toEqual(['disk-nearly-full']);
  free = LEAST;
  await space.look();
  expect(reasons()).toEqual([]);
  expect(lines).toEqual(['disk-nearly-full', 'disk-has-room']);
  expect(seen.at(-1)).toEqual([LEAST, LEAST]);
});

it('counts a disk that cannot be asked as full', async () => {
  const { reasons, space } = watched(() => Promise.reject(new Error('EIO')));
  await space.look();
  expect(reasons()[0]).toContain('0 of at least 256 MiB');
});
