import { expect, describe as group, it } from 'vitest';
import { type DescribedField, describe, render } from '../../src/protocol/describe.ts';
import { encodeAnswer, encodeRequest } from '../../src/protocol/encode.ts';
import { shown } from '../../src/protocol/mask.ts';
import type { Values } from '../../src/protocol/message.ts';
import { citic, errorOf, gb18030, gbk, small } from './ground.ts';

const secrets = {
  payer: '3110700000000000011',
  payee: '6222020200112233445',
  name: '诸葛孔明有限公司',
  amount: '98765.43',
  memo: '第七批货款',
};
const order: Values = {
  userName: 'demo01',
  clientID: '20260105093000AB0001',
  accountNo: '8110700000000000001',
  payAccNo: secrets.payer,
  tranType: 'BF',
  recvAccNo: secrets.payee,
  recvAccNm: secrets.name,
  tranAmt: secrets.amount,
  memo: secrets.memo,
  tranFlag: '1',
};
const request = (more: Values = {}) =>
  encodeRequest(citic, 'DLMDETRN', { ...order, ...more }, 'GBK');

const at = (fields: readonly DescribedField[], path: string): DescribedField => {
  const found = fields.find((field) => field.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
};

group('a request', () => {
  const { fields, ...whole } = describe(citic, request());

  it('is named by its action', () => {
    expect(whole).toEqual({
      bank: 'citic',
      code: 'DLMDETRN',
      zh: '强制转账',
      en: 'Forced transfer (platform-initiated)',
      side: 'request',
      bytes: request().length,
      faults: [],
    });
  });

  it('shows every field in order with its masked value and its length', () => {
    expect(
      fields.map(({ path, shown: value, bytes, bytesMax, state }) => [
        path,
        value,
        bytes,
        bytesMax,
        state,
      ]),
    ).toEqual([
      ['action', 'DLMDETRN', 8, 8, 'given'],
      ['userName', '(6 bytes)', 6, 30, 'given'],
      ['clientID', '20260105093000AB0001', 20, 20, 'given'],
      ['accountNo', '****0001', 19, 19, 'given'],
      ['payAccNo', '****0011', 19, 19, 'given'],
      ['tranType', 'BF transfer', 2, 2, 'given'],
      ['recvAccNo', '****3445', 19, 19, 'given'],
      ['recvAccNm', '诸*', 16, 122, 'given'],
      ['tranAmt', '***', 8, undefined, 'given'],
      ['freezeNo', '', 0, 22, 'empty'],
      ['ofreezeamt', '', 0, undefined, 'empty'],
      ['memo', '(10 bytes)', 10, 102, 'given'],
      ['tranFlag', '1 synchronous', 1, 1, 'given'],
    ]);
    expect(fields.flatMap((field) => field.faults)).toEqual([]);
  });

  it('finds all faults at once, each at its field', () => {
    const text =
      '<stream><action>DLMDETRN</action><clientID>20260105093000AB00011</clientID><payAccNo>1</payAccNo>' +
      '<payAccNo>2</payAccNo><tranType>BG</tranType><tranAmt>-1.00</tranAmt><tranFlag>7</tranFlag>x</stream>';
    const found = describe(citic, gbk(text));
    expect(found.faults).toEqual(['text between elements']);
    const faults = found.fields.flatMap(({ path, faults: all }) =>
      all.map((one) => `${path}: ${one}`),
    );
    expect(faults).toEqual([
      'userName: FIELD_MISSING',
      'clientID: FIELD_TOO_LONG (21 bytes, at most 20)',
      'accountNo: FIELD_MISSING',
      'payAccNo: repeated',
      'recvAccNo: FIELD_MISSING (required by tranType)',
      'recvAccNm: FIELD_MISSING (required by tranType)',
      'tranAmt: FIELD_FORMAT (decimal(15,2))',
      'freezeNo: FIELD_MISSING (required by tranType)',
      'tranFlag: FIELD_CHOICE',
    ]);
  });

  it('with missing rows, or too many, says so', () => {
    const asked = (rows: string) =>
      describe(small, gbk(`<stream><action>PAY</action>${rows}</stream>`)).faults;
    expect(asked('')).toEqual(['FIELD_MISSING (rows of people)']);
    const row = '<row><id>1</id></row>';
    expect(asked(`<list name="people">${row.repeat(3)}</list>`)).toEqual([
      'FIELD_TOO_LONG (3 rows, at most 2)',
    ]);
    expect(asked(`<list name="people">${row}</list><list name="people"></list>`)).toEqual([
      'list people repeated',
    ]);
  });
});

group('an answer', () => {
  const answer = encodeAnswer(
    citic,
    'DLSTRNDT',
    {
      status: 'AAAAAAA',
      statusText: '交易成功',
      userDataList: [
        { subAccNo: secrets.payer, TRANTYPE: '23', OPPACCNAME: secrets.name, TRANAMT: '-5.00' },
        { OPPACCNO: secrets.payee, RESUME: secrets.memo },
      ],
    },
    'GBK',
  );

  it('is read by the code it answers, row by row', () => {
    const { fields } = describe(citic, answer, 'DLSTRNDT');
    expect(at(fields, 'userDataList.0.subAccNo').shown).toBe('****0011');
    expect(at(fields, 'userDataList.0.TRANTYPE').shown).toMatch(/^23 普通外部转账/);
    expect(at(fields, 'userDataList.0.TRANAMT')).toMatchObject({ shown: '***', faults: [] });
    expect(at(fields, 'userDataList.1.OPPACCNO').shown).toBe('****3445');
    expect(fields.flatMap((field) => field.faults)).toEqual([]);
  });

  it('has no greatest length where the spec states none', () => {
    const fileContent = 'QUJD'.repeat(50_000);
    const file = encodeAnswer(citic, 'DLSESMDN', { status: 'AAAAAAA', fileContent }, 'GBK');
    const { fields } = describe(citic, file, 'DLSESMDN');
    const content = { shown: '(200000 bytes)', bytes: 200_000, bytesMax: undefined, faults: [] };
    expect(at(fields, 'fileContent')).toMatchObject(content);
  });

  it('without its code is no request', () => {
    expect(errorOf(() => describe(citic, answer))).toBe('MESSAGE_INVALID action (missing)');
    expect(errorOf(() => describe(citic, answer, 'NIX'))).toMatch(/^OPERATION_UNKNOWN/);
  });

  it('says what it breaks: no status, a longer text, a value nobody listed, a date that is none', () => {
    const text =
      `<stream><statusText>${'x'.repeat(255)}</statusText><list name="userDataList"><row>` +
      '<TRANTYPE>99</TRANTYPE><TRANDATE>2026-01-05</TRANDATE></row></list></stream>';
    const { fields } = describe(citic, gbk(text), 'DLSTRNDT');
    expect(at(fields, 'status').faults).toEqual(['FIELD_MISSING']);
    expect(at(fields, 'statusText').faults).toEqual(['FIELD_TOO_LONG (255 bytes, at most 254)']);
    expect(at(fields, 'userDataList.0.TRANTYPE')).toMatchObject({
      shown: '(2 bytes)',
      faults: ['FIELD_CHOICE (a value the spec does not list)'],
    });
    expect(at(fields, 'userDataList.0.TRANDATE').faults).toEqual(['MESSAGE_INVALID (date)']);
  });
});

group('masks', () => {
  it.each([
    ['6222020200112233445', 'account', '****3445'],
    ['1234567', 'account', '****'],
    ['张三丰的账号', 'account', '****'],
    ['张三', 'name', '张*'],
    ['张', 'name', '*'],
    ['\u{20000}三', 'name', '\u{20000}*'],
    ['12.30', 'amount', '***'],
    ['说明', 'text', '(4 bytes)'],
    ['hunter2', 'secret', '(secret)'],
    ['BF', 'none', 'BF'],
    ['a\u001b[31m\u202eb', 'none', 'a\ufffd[31m\ufffdb'],
    ['', 'account', ''],
  ] as const)('%s as %s is %s', (value, mask, expected) => {
    expect(shown(value, mask)).toBe(expected);
  });

  it('a secret is not even measured', () => {
    const text = '<stream><action>PAY</action><pin>123456</pin></stream>';
    expect(at(describe(small, gbk(text)).fields, 'pin')).toMatchObject({
      shown: '(secret)',
      bytes: undefined,
    });
  });

  it('fail closed: a value in the wrong field, and elements nobody knows, are not shown', () => {
    const { payer, payee, name } = secrets;
    const text =
      `<stream><action>DLMDETRN</action><tranType>${payee}</tranType><clientID>${name}${name}</clientID>` +
      `<tranFlag>${name}</tranFlag><payAccNo>${name}</payAccNo><acc${payer}>1</acc${payer}>` +
      `<${name}>1</${name}><odd><deep>${payee}</deep></odd>` +
      `<list name="${payee}"><row><x>${name}</x></row></list></stream>`;
    const description = describe(citic, gb18030(text));
    const everything = JSON.stringify(description) + render(description);
    for (const one of [payer, payee, name]) expect(everything).not.toContain(one);
    const unknown = description.fields.filter((field) => field.state === 'not in the spec');
    expect(unknown.map((field) => [field.path, field.shown])).toEqual([
      ['?', '(1 bytes)'],
      ['?', '(1 bytes)'],
      ['odd.deep', '(19 bytes)'],
      ['?.row.x', '(16 bytes)'],
    ]);
  });

  it('let no account number, name, amount or text through, described or rendered', () => {
    for (const description of [
      describe(citic, request()),
      describe(citic, request({ tranType: 'BS' })),
    ]) {
      const everything = JSON.stringify(description) + render(description);
      for (const one of Object.values(secrets)) expect(everything).not.toContain(one);
      expect(everything).not.toContain('demo01');
    }
  });
});

group('render', () => {
  it('is one line for the packet, one for each field, and one for each fault', () => {
    const text =
      '<stream><action>PAY</action><clientID>1</clientID><name>张三</name><amount>1</amount><x>1</x></stream>';
    const lines = render(describe(small, gbk(text))).split('\n');
    expect(lines).toEqual([
      `small PAY 付款 · payment · request, ${gbk(text).length} bytes`,
      '  action    词  PAY        3/8   word',
      '  clientID  词  1          1/20  word',
      '  name      词  张*        4/10  word',
      '  amount    词  ***        1     word',
      '  rate      词  (absent)         word',
      '  count     词  (absent)         word',
      '  day       词  (absent)         word',
      '  time      词  (absent)         word',
      '  way       词  (absent)         word',
      '  bankCode  词  (absent)         word',
      '  left      词  (absent)         word',
      '  right     词  (absent)         word',
      '  pin       词  (absent)         word',
      '  x             (1 bytes)  1     not in the spec',
      '! FIELD_MISSING (rows of people)',
    ]);
  });
});
