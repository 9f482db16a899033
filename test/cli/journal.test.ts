/** Goal: whoever has the directory of a journal finds and reads what is in it, without a daemon, and masked unless asked otherwise. */
import { beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../src/journal/journal.ts';
import { encodeAnswer, encodeRequest } from '../../src/protocol/encode.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { answer, notice, open, outcome, send } from '../journal/ground.ts';
import { ground, yinqi } from './ground.ts';

const { config, path } = ground();

const citic = readSpec('protocol-specs/citic');
const [FROM, TO] = ['3110710006030020011', '3110710006030020022'];
const NAME = '张三丰';
const HASH = `hmac-sha256:${'0a'.repeat(32)}`;

const packet = encodeRequest(
  citic,
  'DLMDETRN',
  {
    userName: 'EXAMPLE',
    clientID: '20260302ABCDEFGHIJKL',
    accountNo: '8110700000000000001',
    payAccNo: FROM,
    tranType: 'BF',
    recvAccNo: TO,
    recvAccNm: NAME,
    tranAmt: '1234.56',
    tranFlag: '1',
  },
  'GBK',
);
const answered = encodeAnswer(citic, 'DLMDETRN', { status: 'AAAAAAA', statusText: '成功' }, 'GBK');

let directory = '';
beforeEach(async () => {
  directory = path('journal');
  const journal = await open(directory);
  const order = send('erp:A1', { serial: '20260302ABCDEFGHIJKL' });
  const body = { from: FROM, to: TO, toName: NAME, amount: '1234.56', memo: 'rent', word: '*' };
  const envelope = { ...order.intent.envelope, body, businessRef: 'PO-7' };
  await journal.append([
    {
      ...order,
      spec: citic.digest,
      request: Buffer.from(packet).toString('base64'),
      intent: { ...order.intent, envelope },
      secrets: { 'body.word': HASH },
    },
    answer('erp:A1', { spec: citic.digest, body: Buffer.from(answered).toString('base64') }),
    outcome('erp:A1', { message: { outcome: 'succeeded', data: { toName: NAME, account: TO } } }),
    send('shop:A1', { serial: 'S2', link: 'citic-2' }),
    notice('N1', {
      account: FROM,
      message: { kind: 'credit', amount: '5.00', payer: { name: NAME } },
    }),
  ]);
  await journal.close();
});

const journal = (...args: string[]) => yinqi(['journal', ...args, '--directory', directory]);
const PRIVATE = [FROM, TO, NAME, '1234.56', 'rent', '5.00'];

describe('journal show', () => {
  it('lays a record open, its packet field by field, and shows nothing that is masked', async () => {
    const ran = await journal('show', '1');
    expect(ran).toMatchObject({ exit: 0, err: '' });
    for (const secret of PRIVATE) expect(ran.out).not.toContain(secret);
    expect(ran.out).toMatch(/^kind +send$/m);
    expect(ran.out).toMatch(/^serial +20260302ABCDEFGHIJKL$/m);
    expect(ran.out).toMatch(/^intent\.envelope\.body\.from +\*\*\*\*0011$/m);
    expect(ran.out).toMatch(/^intent\.envelope\.businessRef +PO-7$/m);
    expect(ran.out).toMatch(/^secrets\.body\.word +hmac-sha256:0a0a/m);
    expect(ran.out).toMatch(/^citic DLMDETRN 强制转账 · .* · request, \d+ bytes$/m);
    expect(ran.out).toMatch(/payAccNo +付款账号 +\*\*\*\*0011/);
  });

  it.each(['2', '3', '4', '5'])('record %s shows nothing that is masked either', async (n) => {
    const ran = await journal('show', n);
    expect(ran.exit).toBe(0);
    for (const secret of PRIVATE) expect(ran.out).not.toContain(secret);
  });

  it('shows the values to whoever asks for them', async () => {
    const ran = await journal('show', '1', '--clear');
    for (const one of [FROM, TO, NAME, '1234.56', 'rent']) expect(ran.out).toContain(one);
    expect(ran.out).toMatch(/^recvAccNm +张三丰$/m);
    expect((await journal('show', '2', '--clear')).out).toMatch(/^statusText +成功$/m);
  });

  it('says so where no spec is the one a packet was made with', async () => {
    const ran = await journal('show', '4');
    expect(ran.out).toContain('no spec here has the digest it was made with');
  });

  it('gives JSON, masked too', async () => {
    const masked = await journal('show', '1', '--json');
    expect(JSON.parse(masked.out)).toMatchObject({ kind: 'send', id: 'erp:A1' });
    for (const secret of PRIVATE) expect(masked.out).not.toContain(secret);
    const { out } = await journal('show', '1', '--json', '--clear');
    expect(JSON.parse(out)).toMatchObject({ n: 1, intent: { envelope: { body: { to: TO } } } });
  });

  it('fails with a sentence where there is no such record, number or journal', async () => {
    expect(await journal('show', '99')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('record 99'),
    });
    expect(await journal('show', 'A1')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('CONFIG_INVALID'),
    });
    const nowhere = await yinqi(['journal', 'show', '1', '--directory', path('none')]);
    expect(nowhere).toMatchObject({ exit: 1, err: expect.stringContaining('no journal') });
    expect(await yinqi(['journal', 'show', '1'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('--config'),
    });
  });

  it('takes the directory from a config', async () => {
    const file = config((one) => {
      one.journal.directory = directory;
      one.specs = 'protocol-specs';
    });
    const ran = await yinqi(['journal', 'show', '2', '--config', file]);
    expect(ran).toMatchObject({ exit: 0 });
    expect(ran.out).toMatch(/^kind +answer$/m);
  });
});

describe('journal find', () => {
  const numbers = async (...args: string[]): Promise<number[]> => {
    const ran = await journal('find', ...args, '--json');
    return (JSON.parse(ran.out) as { n: string }[]).map(({ n }) => Number(n));
  };

  it.each<[string[], number[]]>([
    [
      ['--id', 'erp:A1'],
      [1, 2, 3],
    ],
    [
      ['--id', 'A1'],
      [1, 2, 3, 4],
    ],
    [['--id', 'A1', '--link', 'citic-2'], [4]],
    [
      ['--serial', '20260302ABCDEFGHIJKL'],
      [1, 2, 3],
    ],
    [['--serial', 'none'], []],
    [
      ['--business-ref', 'PO-7'],
      [1, 2, 3],
    ],
    [
      ['--kind', 'send'],
      [1, 4],
    ],
    [['--kind', 'send', '--id', 'A1', '--link', 'citic-2'], [4]],
    [
      ['--day', '20260302'],
      [1, 2, 3, 4, 5],
    ],
    [['--day', '20260301'], []],
  ])('%j', async (args, found) => {
    expect(await numbers(...args)).toEqual(found);
  });

  it('prints a line for each, which nothing in needs a mask', async () => {
    const ran = await journal('find', '--day', '20260302');
    expect(ran.out).toMatch(
      /^1 +2026-03-02T01:02:03\.004Z +citic-1 +send +erp:A1 +DLMDETRN 20260302ABCDEFGHIJKL attempt 1$/m,
    );
    for (const secret of PRIVATE) expect(ran.out).not.toContain(secret);
    expect((await journal('find', '--id', 'none')).out).toBe('no such record');
  });

  it('wants to know what to look for', async () => {
    expect(await journal('find')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('--serial'),
    });
    expect((await journal('find', '--kind', 'surprise')).exit).toBe(1);
  });

  it('looks into a journal that somebody holds and writes', async () => {
    const held = await openJournal(directory, { now: () => new Date(), onFatal: () => undefined });
    await held.append([send('erp:B1')]);
    expect(await numbers('--id', 'B1')).toEqual([6]);
    await held.close();
  });
});
