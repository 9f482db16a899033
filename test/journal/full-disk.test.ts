import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMPILING_MS, compiled } from '../support/compiled.ts';
import { ids, open, scratch, send, sends } from './ground.ts';

let project = '';
beforeAll(() => {
  project = compiled();
}, COMPILING_MS);

describe('P4: a disk that is full', () => {
  it('R5: in the middle of a record ends the process that appends, and leaves a sound journal', async () => {
    const directory = scratch();
    const script = join(import.meta.dirname, 'appending-process.mjs');
    const command = [process.execPath, script, project, directory, JSON.stringify(sends(3))];
    // the kernel takes what fits below the limit and says so: a short write as a full disk makes it
    const said = execFileSync('sh', ['-c', 'ulimit -f 23; exec "$@"', 'sh', ...command]);
    const { synced, ...rest } = JSON.parse(said.toString());
    expect(synced).toBeGreaterThan(0);
    expect(rest).toEqual({
      fatal: 1,
      code: 'JOURNAL_WRITE',
      detail: expect.stringMatching(/^short write, \d+ of \d+ bytes$/),
    });
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({ records: synced, cut: undefined, intact: true });
    await journal.append([send('next')]);
    expect(await ids(journal)).toHaveLength(synced + 1);
    await journal.close();
  });
});
