/** Goal: a writer of specs gets every fault at once; a packet is laid open without showing what is masked. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { ground, yinqi } from './ground.ts';

const { path, write } = ground();

const CITIC = 'protocol-specs/citic';
const ACCOUNT = '3110710006030020011';
const NAME = '张三丰';
const REQUEST = iconv.encode(
  `<?xml version="1.0" encoding="GBK"?><stream><action>DLCIDSTT</action><userName>EXAMPLE</userName><clientID>20261124ABCDEFGHIJKL</clientID><type></type><payee>${NAME} ${ACCOUNT}</payee></stream>`,
  'gbk',
);
const ANSWER = iconv.encode(
  '<?xml version="1.0" encoding="GBK"?><stream><status>AAAAAAA</status><statusText>交易成功</statusText></stream>',
  'gbk',
);

const describing = (more: string[], stdin?: Buffer) =>
  yinqi(['spec', 'describe', '--spec', CITIC, ...more], stdin === undefined ? {} : { stdin });

describe('spec lint', () => {
  it('finds the shipped specs fine', async () => {
    const ran = await yinqi(['spec', 'lint']);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(
      /^protocol-specs\/citic is fine: \d+ transactions, \d+ operations, digest/m,
    );
  });

  it('names every fault of every folder with its file', async () => {
    const broken = path('broken');
    cpSync(CITIC, broken, { recursive: true });
    const file = join(broken, 'protocol.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nsurprise: 1\n`);
    writeFileSync(join(broken, 'notes.yaml'), 'a: 1\n');
    const ran = await yinqi(['spec', 'lint', CITIC, broken, path('none')]);
    expect(ran.exit).toBe(1);
    expect(ran.out).toContain(`${CITIC} is fine`);
    expect(ran.err).toContain(`SPEC_INVALID at ${broken}/notes.yaml: `);
    expect(ran.err).toMatch(/broken\/protocol\.yaml.*surprise/);
    expect(ran.err).toContain(`SPEC_INVALID at ${path('none')}: `);
    expect(ran.err).toMatch(/^3 faults$/m);
  });
});

describe('spec show', () => {
  it('lists every transaction of a bank', async () => {
    const ran = await yinqi(['spec', 'show', '--spec', CITIC]);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/^DLMDETRN +movement +强制转账/m);
    const [transactions = '', operations = ''] = ran.out.trimEnd().split('\n\n');
    expect(transactions.split('\n').length).toBe(58);
    expect(operations).toMatch(/^transfer +DLMDETRN +强制转账/m);
  });

  it('tells of an operation what a ledger gives for it, and what this bank needs beyond that', async () => {
    const ran = await yinqi(['spec', 'show', '--spec', 'protocol-specs/pingan_jzb', 'open']);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/^body\.name /m);
    expect(ran.out).toMatch(/^body\.bank\.memberCode +会员代码 .* code +yes/m);
    expect(ran.out).toContain('the record of the member keeps account, name, bank.memberCode');
  });

  it('shows the heads of packets that have some', async () => {
    const ran = await yinqi(['spec', 'show', '--spec', 'protocol-specs/pingan_trading']);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/^outer\.category +4 +报文类别 .*always A001/m);
    expect(ran.out).toMatch(/^business\.tranFunc +4 +交易码 .*\$transaction/m);
    expect(ran.out).toMatch(/^business\.bodyLength +8 .*bytes: body/m);
  });

  it('tells of a transaction its fields in order, when each is needed, and the documents', async () => {
    const ran = await yinqi(['spec', 'show', '--spec', CITIC, 'DLMDETRN']);
    expect(ran.out).toContain('asked about by DLCIDSTT');
    expect(ran.out).toMatch(/^recvAccNo .*varchar\(19\) .*required when tranType = BF/m);
    expect(ran.out).toMatch(/^M1 +B2B银企直联接口说明书/m);
  });

  it('tells of a field its meaning, length, values and source; a field nobody knows is a fault', async () => {
    const ran = await yinqi(['spec', 'show', '--spec', CITIC, 'DLMDETRN', 'tranType']);
    expect(ran.out).toMatch(/^request tranType +转账类型/m);
    expect(ran.out).toMatch(/^BS +pay and freeze/m);
    expect((await yinqi(['spec', 'show', '--spec', CITIC, 'DLMDETRN', 'nothing'])).exit).toBe(1);
  });
});

describe('spec describe', () => {
  it('reads a request from standard input and hides what the spec does not know', async () => {
    const ran = await describing([], REQUEST);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/^citic DLCIDSTT /);
    expect(ran.out).toContain('clientID');
    expect(ran.out).not.toContain(NAME);
    expect(ran.out).not.toContain(ACCOUNT);
  });

  it('reads an answer, when told to what', async () => {
    const file = path('answer.xml');
    writeFileSync(file, ANSWER);
    const ran = await describing(['--answer', 'DLCIDSTT', file]);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain('AAAAAAA');
  });

  it.each(
    readdirSync('protocol-specs').filter((bank) =>
      existsSync(join('protocol-specs', bank, 'golden')),
    ),
  )('reads packets of %s, whatever heads and bodies they have', async (bank) => {
    const spec = join('protocol-specs', bank);
    const files = readdirSync(join(spec, 'golden'));
    const file = (pattern: RegExp) => files.find((name) => pattern.test(name)) ?? '';
    const request = file(/^\w+\.request\.(xml|bin)$/);
    const code = request.split('.')[0] ?? '';
    const answer = file(new RegExp(`^${code}\\.answer\\.(xml|bin)$`));
    const asked = await yinqi(['spec', 'describe', '--spec', spec, join(spec, 'golden', request)]);
    expect(asked).toMatchObject({ exit: 0, err: '' });
    expect(asked.out).toContain(`${bank} ${code} `);
    const more = ['--answer', code, join(spec, 'golden', answer)];
    const told = await yinqi(['spec', 'describe', '--spec', spec, ...more]);
    expect(told).toMatchObject({ exit: 0, err: '' });
    expect(told.out).not.toContain('!');
  });

  it.each(['hex', 'base64'] as const)('reads %s in lines', async (coding) => {
    const text = REQUEST.toString(coding).replace(/(.{60})/g, '$1\n');
    const plain = await describing([], REQUEST);
    expect(await describing([`--${coding}`, '-'], Buffer.from(`${text}\n`))).toEqual(plain);
    expect(await describing([`--${coding}`, write('packet', text)])).toEqual(plain);
  });

  it.each([
    ['hex that is none', ['--hex'], Buffer.from('3c7'), 'MESSAGE_INVALID at input'],
    ['base64 that is none', ['--base64'], Buffer.from('<xml>'), 'MESSAGE_INVALID at input'],
    ['both codings', ['--hex', '--base64'], REQUEST, 'FIELD_CHOICE at --base64'],
    ['no packet at all', [], Buffer.from(NAME), 'MESSAGE_INVALID'],
    ['an answer to nothing known', ['--answer', 'NOSUCH'], ANSWER, 'OPERATION_UNKNOWN'],
    ['a file that is not there', ['none.xml'], REQUEST, 'CONFIG_INVALID at none.xml'],
  ])('refuses %s', async (_what, more, stdin, said) => {
    const ran = await describing(more, stdin);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err).toContain(said);
    expect(ran.err).not.toContain(NAME);
  });
});
