/** A directory on a full disk cannot be held, and that is no fault of the configuration. */
import { readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { holdDirectory } from '../../src/journal/ownership.ts';
import { scratch } from './ground.ts';

vi.mock(import('node:fs/promises'), async (original) => ({
  ...(await original()),
  writeFile: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
}));

it('is refused as the fault of the disk, and nothing is left in it', async () => {
  const directory = scratch();
  await expect(holdDirectory(directory)).rejects.toMatchObject({
    code: 'JOURNAL_WRITE',
    path: 'journal.directory',
    detail: 'ENOSPC',
  });
  expect(readdirSync(directory)).toEqual([]);
});
