/** Who holds the directory, and two people's word that one who gives no answer is dead. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdDirectory } from '../../src/journal/ownership.ts';
import { ownIdentity } from '../../src/journal/process-identity.ts';
import { tokenDigest } from '../../src/people/persons.ts';
import { ground, yinqi } from './ground.ts';

const at = ground();
const NAME = 'owner-00000000000001';
const PEOPLE = ['Zhang San', 'Li Si'];
const tokenOf = (name: string): string => `the token of ${name}`;

let directory = '';
let config = '';
let server: Server | undefined;
beforeEach(() => {
  directory = at.path('journal');
  config = at.config((given) => {
    given.journal = { directory };
    given.people = PEOPLE.map((name) => ({ name, tokenSha256: tokenDigest(tokenOf(name)) }));
  });
});
afterEach(() => {
  server?.close();
});

/** Somebody whom the kernel connects to and who never says a word. */
async function frozen(): Promise<void> {
  mkdirSync(directory);
  server = createServer(() => undefined);
  await new Promise<void>((done) => server?.listen(join(directory, `${NAME}.sock`), done));
}

const show = () => yinqi(['owner', 'show', '--config', config]);
const fence = (who: string, token = tokenOf(who)) =>
  yinqi(['owner', 'fence', '--config', config, '--who', who, '--why', 'its host is off'], {
    env: { YINQI_TOKEN: token },
  });

describe('owner show', () => {
  it('says that nobody holds it, or who, and whether the pid can be believed', async () => {
    mkdirSync(directory);
    expect(await show()).toMatchObject({ exit: 0, out: 'nobody holds the journal directory' });
    const ownership = await holdDirectory(directory);
    const { out } = await show();
    expect(out).toMatch(
      new RegExp(`owner-\\w{14}\\s+owner\\s+${process.pid}\\s.*pid and start agree`),
    );
    await ownership.release();
  });

  it('says of one that gives no answer what is known of it', async () => {
    await frozen();
    expect((await show()).out).toMatch(/silent\s.*it left no record of who it is/);
    const who = { ...ownIdentity(process.pid), started: '1' };
    writeFileSync(join(directory, `${NAME}.who`), JSON.stringify(who));
    expect((await show()).out).toMatch(/silent\s.*its pid belongs to another process by now/);
  });
});

describe('owner fence', { timeout: 30_000 }, () => {
  it('counts when two people of the config have said so', async () => {
    await frozen();
    const first = await fence('Zhang San');
    expect(first).toMatchObject({ exit: 0 });
    expect(first.out).toBe(
      `${NAME} is declared dead by Zhang San; it counts when a second person says so`,
    );
    await expect(holdDirectory(directory)).rejects.toMatchObject({ code: 'JOURNAL_HELD' });
    const second = await fence('Li Si');
    expect(second.out).toContain('declared dead by Zhang San and Li Si');
    const ownership = await holdDirectory(directory);
    expect(ownership.fencedBy.map(({ who, why }) => `${who}: ${why}`)).toEqual([
      'Zhang San: its host is off',
      'Li Si: its host is off',
    ]);
    await ownership.release();
  });

  it('is refused to whoever is not who he says', async () => {
    await frozen();
    expect((await fence('Zhang San', tokenOf('Li Si'))).err).toContain('PERSON_UNKNOWN');
    expect((await fence('Wang Wu')).err).toContain('PERSON_UNKNOWN');
  });

  it('is refused for one that answers, and where there is nobody', async () => {
    mkdirSync(directory);
    const nobody = await fence('Zhang San');
    expect(nobody.err).toMatch(/NOT_ALLOWED.*nobody holds the directory and gives no answer/);
    const ownership = await holdDirectory(directory);
    expect((await fence('Zhang San')).err).toMatch(/NOT_ALLOWED.*it answers: it is alive/);
    await ownership.release();
  });
});
