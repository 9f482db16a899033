/** Goal: what a link was configured as, and each change of it, stands in the journal before anything is sent under it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { recordChanges } from '../../src/daemon/recording-changes.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import type { RecordOf } from '../../src/journal/records.ts';
import { createLog } from '../../src/ops/pino-log.ts';
import { tokenDigest } from '../../src/people/persons.ts';
import { readSpec } from '../../src/spec-directory.ts';

const spec = readSpec('protocol-specs/citic');
const PEOPLE = ['Li Hua', 'Wang Fang'].map((name) => ({ name, tokenSha256: tokenDigest(name) }));
const ACCOUNT = '7110210187000000001';

let directory = '';
let lines: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yinqi-changes-'));
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const configOf = (
  more: Record<string, unknown> = {},
  link: Record<string, unknown> = {},
  right: Record<string, unknown> = {},
) =>
  readConfig(
    JSON.stringify({
      redis: { socket: '/nowhere' },
      journal: { directory: '/nowhere' },
      people: PEOPLE,
      links: [
        {
          name: 'main',
          spec: 'citic',
          host: 'fep.invalid',
          port: 7001,
          settings: { userName: 'test', mainAccount: ACCOUNT, accountPrefix: '711021018700' },
          ...link,
        },
      ],
      sources: [{ name: 'erp', links: { main: right } }],
      ...more,
    }),
  );

/** One start of a gateway with this config: what it records, and what waits after it. */
async function start(
  config = configOf(),
  act: (journal: Journal) => Promise<void> = async () => {},
) {
  const journal = await openJournal(directory, { now: () => new Date(), onFatal: () => undefined });
  const [link] = config.links;
  if (link === undefined) throw new Error('no link');
  const from = journal.last + 1;
  const log = createLog({ destination: { write: (line) => void lines.push(line) } });
  await recordChanges({ config, journal, log }, link, spec);
  const records: RecordOf<'change'>[] = [];
  for await (const one of journal.records({ kinds: ['change'], from })) {
    if (one.kind === 'change') records.push(one);
  }
  await act(journal);
  const { open, strict } = journal.index.matters('main').settings;
  const waits = [...open.values()].map(({ what }) => what);
  await journal.close();
  return { records, changed: records.map(({ what }) => what), waits, strict };
}

/** What two people's approval leaves in the journal; the rules before it are in dealings.test.ts. */
const accepting = async (journal: Journal) => {
  for (const [n] of journal.index.matters('main').settings.open) {
    const [record] = await journal.append([
      {
        kind: 'approval',
        link: 'main',
        watermark: 0,
        action: 'accept',
        subject: String(n),
        who: 'Wang Fang',
        proposedBy: 'Li Hua',
        proposal: 1,
        evidence: 'the new front end, ordered',
        seen: { as: 'x' },
      },
    ]);
    if (record === undefined) throw new Error('not appended');
  }
};

it('records all at the first start, with no account in it, and nothing at the next', async () => {
  const first = await start();
  expect(first.changed).toEqual([
    ...['endpoint', 'rights', 'limits', 'finality', 'accounts', 'spec', 'oversight', 'others'],
  ]);
  expect(first.records.every(({ before, needsApproval }) => !before && !needsApproval)).toBe(true);
  const text = JSON.stringify(first.records);
  expect(text).toContain('"host":"fep.invalid"');
  for (const secret of [ACCOUNT, '711021018700', tokenDigest('Li Hua')]) {
    expect(text).not.toContain(secret);
  }
  expect((await start()).changed).toEqual([]);
  expect(lines).toEqual([]);
});

it.each<[string, ReturnType<typeof configOf>]>([
  ['endpoint', configOf({}, { host: 'other.invalid' })],
  ['endpoint', configOf({}, { port: 7002 })],
  ['rights', configOf({}, {}, { operations: ['transfer'] })],
  ['rights', configOf({}, { native: ['DLOUTTRN'] })],
  ['limits', configOf({}, { window: 9 })],
  [
    'finality',
    configOf({}, { noSuchSerialIsFinal: { afterMs: 1, negatives: 1, source: 'somewhere' } }),
  ],
  [
    'accounts',
    configOf(
      {},
      {
        settings: {
          userName: 'test',
          mainAccount: '7110210187000000002',
          accountPrefix: '711021018700',
        },
      },
    ),
  ],
  ['oversight', configOf({ people: PEOPLE.slice(0, 1) })],
  ['others', configOf({}, { answerWithinMs: 1_000 })],
])(
  'a change of the %s is a record with both digests, and a line of the log',
  async (what, config) => {
    const [was] = (await start()).records.filter((one) => one.what === what);
    const next = await start(config);
    expect(next.records).toMatchObject([{ what, before: was?.digest, needsApproval: false }]);
    expect(next.records[0]?.digest).not.toBe(was?.digest);
    expect(next.waits).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`"event":"setting-changed"`);
    expect(lines[0]).toContain(`"kind":"${what}"`);
  },
);

it('waits for two people where changes need approval, through every start', async () => {
  const strict = { changesNeedApproval: true };
  await start(configOf(strict));
  const moved = configOf(strict, { host: 'other.invalid' });
  expect(await start(moved)).toMatchObject({ changed: ['endpoint'], waits: ['endpoint'] });
  expect(await start(moved)).toMatchObject({ changed: [], waits: ['endpoint'] });
  // taken back, nothing waits; changed again, it waits again
  expect(await start(configOf(strict))).toMatchObject({ changed: ['endpoint'], waits: [] });
  expect(await start(moved, accepting)).toMatchObject({ changed: ['endpoint'], waits: [] });
  expect(await start(moved)).toMatchObject({ changed: [], waits: [] });
});

it('does not let the rule be turned off by whoever writes the config', async () => {
  const strict = { changesNeedApproval: true };
  await start(configOf(strict));
  const off = configOf({}, { host: 'other.invalid' });
  expect(await start(off)).toMatchObject({ waits: ['endpoint', 'oversight'], strict: true });
  expect(await start(off, accepting)).toMatchObject({ waits: [], strict: false });
  expect((await start(configOf({}, { host: 'third.invalid' }))).waits).toEqual([]);
});

it('needs two people who could accept', () => {
  const alone = { changesNeedApproval: true, people: PEOPLE.slice(0, 1) };
  expect(() => configOf(alone)).toThrow(/CONFIG_INVALID/);
});
