/** Goal: the bank gets a secret, the journal never does, and everything that rests on the journal still works. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepUnclaimed } from '../../src/engine/unclaimed.ts';
import type { RecordOf } from '../../src/journal/records.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import { loadSpec } from '../../src/protocol/load.ts';
import { files } from '../protocol/ground.ts';
import { withSecrets as heads } from '../protocol/other-banks.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { envelopeOf, present, results } from './orders.ts';

const PIN = 'hunter-2-hunter';
const OPERATOR = 'opensesame';

/** CITIC as it might be: the order carries a code of the ledger's user and a password of the link's. */
function withSecrets() {
  const changed = new Map(files);
  const change = (file: string, from: string, to: string): void => {
    const text = changed.get(file) ?? '';
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    changed.set(
      file,
      text.replace(from, () => to),
    );
  };
  const field = (name: string, more: string) =>
    `  - { name: ${name}, zh: 密码, en: word, type: varchar(20), need: 'no', mask: secret${more} }\n`;
  const memo = '  - { name: memo,';
  change(
    'transactions/DLMDETRN.yaml',
    memo,
    `${field('pin', '')}${field('opWord', ', owned: true')}${memo}`,
  );
  change(
    'protocol.yaml',
    'settings:\n',
    "settings:\n  opWord: { zh: 密码, en: word, pattern: '^.*$', mask: secret }\n",
  );
  change('protocol.yaml', 'owned:\n', 'owned:\n  opWord: $link.opWord\n');
  change(
    'operations.yaml',
    '    member: { by: to }\n    fields: { accountNo',
    '    bank: { pin: { type: code, zh: 密码, en: word, mask: secret } }\n    member: { by: to }\n    fields: { pin: $body.bank.pin, accountNo',
  );
  return loadSpec(changed);
}

const body = (pin: string) => ({
  from: '7110210187000012345',
  to: '7110210187000054321',
  toName: '张三',
  amount: '12.30',
  bank: { pin },
});

let one: Bench;
beforeEach(async () => {
  const settings = {
    userName: 'test',
    mainAccount: '7110210187000000001',
    accountPrefix: '711021018700',
    opWord: OPERATOR,
  };
  one = await bench({ spec: withSecrets(), link: { settings } });
});
afterEach(() => one.close());

async function onDisk(): Promise<string> {
  const directory = join(one.directory, 'journal');
  const names = (await readdir(directory)).filter((name) => name.startsWith('journal-'));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')));
  const packets = texts.join('').matchAll(/"(?:request|body|packet)":"([^"]+)"/g);
  // packets stand there in base64
  return texts.join('') + [...packets].map(([, b64 = '']) => atob(b64)).join('\n');
}

const sends = async (journal: Awaited<ReturnType<Bench['journal']>>) => {
  const found: RecordOf<'send'>[] = [];
  for await (const record of journal.records({ link: LINK, kinds: ['send'] })) {
    if (record.kind === 'send') found.push(record);
  }
  return found;
};

const movements = () => one.asked.filter(({ action }) => action === 'DLMDETRN');

it('the bank gets them, the journal has their hashes: equal for equal secrets, others for others', async () => {
  const engine = await one.engine();
  one.bank = (asked) => asked.answer({ status: 'AAAAAAA', statusText: 'ok' });
  for (const [id, pin] of [
    ['S1', PIN],
    ['S2', PIN],
    ['S3', 'another-word'],
  ] as const) {
    await engine.acceptor.accept(one.source, envelopeOf(id, 'transfer', body(pin)), 'job');
  }
  await expect.poll(() => movements().length).toBe(3);
  expect(movements().map(({ fields }) => [fields.pin, fields.opWord])).toEqual([
    [PIN, OPERATOR],
    [PIN, OPERATOR],
    ['another-word', OPERATOR],
  ]);
  await engine.stop(0);
  const text = await onDisk();
  for (const secret of [PIN, OPERATOR, 'another-word']) expect(text).not.toContain(secret);
  const records = await sends(await one.journal());
  const hashes = records.map(({ secrets = {} }) => secrets);
  expect(Object.keys(present(hashes[0])).sort()).toEqual(['body.bank.pin', 'opWord', 'pin']);
  expect(hashes[0]).toEqual(hashes[1]);
  expect(hashes[0]?.pin).toBe(hashes[0]?.['body.bank.pin']);
  expect(hashes[0]?.pin).not.toBe(hashes[2]?.pin);
  expect(hashes[0]?.opWord).toBe(hashes[2]?.opWord);
  expect(records[0]?.intent.envelope.body).toEqual(body('*'));
});

it('the key lies beside the journal for its owner alone, and stays the same', async () => {
  const first = await one.journal();
  const hash = first.keyedHash(PIN);
  await first.close();
  const path = join(one.directory, 'journal', 'hash-key');
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
  const second = await one.journal();
  expect(second.keyedHash(PIN)).toBe(hash);
  expect(hash).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
});

it('R27: an empty Redis is filled from the journal, and what was sent is asked about, never sent again', async () => {
  const engine = await one.engine({ link: { ladder: { firstMs: 10 } } });
  await engine.acceptor.accept(one.source, envelopeOf('R1', 'transfer', body(PIN)), 'job');
  await expect.poll(() => movements().length).toBe(1);
  await engine.stop(0);
  await one.redis.flushall();
  one.bank = (asked) => {
    if (asked.action !== 'DLCIDSTT') return;
    asked.answer({
      status: 'AAAAAAA',
      statusText: 'ok',
      userDataList: [{ stt: '0', status: 'AAAAAAA' }],
    });
  };
  await one.engine({ link: { ladder: { firstMs: 10 } } });
  await expect.poll(() => results(one, 'R1').map(({ outcome }) => outcome)).toContain('succeeded');
  expect(movements()).toHaveLength(1);
});

it('what was taken back and lost with Redis is not sent with a star for its secret: its ledger offers it again', async () => {
  const engine = await one.engine();
  // the hold file comes between the record and the write: it is taken back, and then nothing is sent
  const hold = join(one.directory, 'journal', 'hold');
  one.at = (failpoint) => {
    if (failpoint === 'claimed') void writeFile(hold, '');
  };
  await engine.acceptor.accept(one.source, envelopeOf('T1', 'transfer', body(PIN)), 'job');
  await expect.poll(async () => (await onDisk()).includes('"not-written"')).toBe(true);
  await engine.stop(0);
  await one.redis.flushall();
  await rm(hold);
  one.at = () => undefined;
  const again = await one.engine();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(movements()).toEqual([]);
  await again.acceptor.accept(one.source, envelopeOf('T1', 'transfer', body(PIN)), 'job');
  await expect.poll(() => movements().map(({ fields }) => fields.pin)).toEqual([PIN]);
});

it('an answer that is nobody’s is kept without the secret in its head', async () => {
  const engine = await one.engine();
  const packet = encodeAnswer(heads, 'LIST', { total: '1' }, 'GBK', { key: 'opensesa' });
  const parts = { ...engine.ctx, spec: heads };
  keepUnclaimed(parts, { event: 'unclaimed-bytes', peer: 'fep.invalid:7001', packet });
  await expect.poll(async () => (await onDisk()).includes('"unclaimed"')).toBe(true);
  const text = await onDisk();
  expect(text).toContain('"secrets":{"head.key":"hmac-sha256:');
  expect(text).not.toContain('opensesa');
  expect(one.fatal).toEqual([]);
});
