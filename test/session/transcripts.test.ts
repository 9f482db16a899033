/** Every transcript, played against the gateway's session. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { Player } from './play.ts';

const folder = 'test/transcripts';

describe('the session of the gateway', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  it.each(files)('%s', (file) => {
    new Player().play(readFileSync(join(folder, file), 'utf8'));
  });
});
