/**
 * Three small banks whose packets have heads, for what no bank's manual needs at once: fields without names,
 * lists that repeat their element, and messages in sections. Names and numbers are invented.
 */
import iconv from 'iconv-lite';
import { loadSpec } from '../../src/protocol/load.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';

const w = 'zh: 词, en: word';
const operations = `
operations:
  status: { zh: 查, en: ask, transaction: local, serial: none, body: { of: { type: instruction, zh: 号, en: id } }, fields: {} }
`;

const protocol = (bank: string, rest: string): string => `
spec: 1
bank: ${bank}
zh: 小银行
en: Small Bank
version: '1'
sources: { M1: invented }
charset: { request: [GBK, UTF-8], answer: GBK }
connection: { policy: per-request }
serial: { bytes: 20 }
settings: {}
owned: {}
codes: { good: ['0000'] }
verdicts:
  query:
    - { when: { ${bank === 'ap' ? 'ret_code' : 'ret'}: [$good] }, says: succeeded }
    - { says: failed, reason: refused-by-bank }
${rest}`;

/** 35 bytes. */
const heads = `
framing:
  type: heads
  bodyBytesMax: 65536
  heads:
    - name: outer
      parts:
        - { name: mark, ${w}, bytes: 1, fixed: K }
        - { name: size, ${w}, bytes: 4, align: right, pad: '0', length: after-head }
        - { name: code, ${w}, bytes: 4, request: $transaction }
        - { name: ret, ${w}, bytes: 4, values: { '0000': fine, E001: refused } }
        - { name: say, ${w}, bytes: 10, mask: text }
        - { name: payer, zh: 账号, en: account, bytes: 12, mask: account }
correlation: none
`;

export type Files = ReadonlyMap<string, string>;

const filesOf = (bank: string, rest: string, transactions: Record<string, string>): Files =>
  new Map([
    ['protocol.yaml', protocol(bank, rest)],
    ['operations.yaml', operations],
    ...Object.entries(transactions).map(([code, text]): [string, string] => [
      `transactions/${code}.yaml`,
      `code: ${code}\nzh: 查询\nen: query\npurpose: a test\nkind: query\nsources: [M1]\nverdicts: query\n${text}`,
    ]),
  ]);

/** LIST: rows counted by a field before them. BARE: nothing but a reserve. TWO: two lists. */
export const ampFiles = filesOf(
  'amp',
  `${heads}envelope: { body: delimited, delimiter: '&', action: code, status: ret, text: say }`,
  {
    LIST: `
request:
  - { name: name, ${w}, type: varchar(10), mask: name }
  - { name: day, ${w}, type: date, need: 'no' }
  - { name: amount, ${w}, type: 'decimal(15,2)', need: 'no', mask: amount }
  - { name: n, ${w}, type: int, need: 'no' }
  - list: pays
    rowsMax: 3
    count: n
    fields:
      - { name: no, ${w}, type: varchar(4), need: 'no' }
      - { name: sum, ${w}, type: 'decimal(15,2)', need: 'no', mask: amount }
  - { name: Reserve, ${w}, type: text, need: 'no' }
answer:
  - { name: total, ${w}, type: int, need: 'no' }
  - { name: n, ${w}, type: int, need: 'no' }
  - list: items
    count: n
    fields:
      - { name: no, ${w}, type: varchar(20), need: 'no' }
      - { name: who, ${w}, type: varchar(20), need: 'no', mask: name }
      - { name: sum, ${w}, type: 'decimal(15,2)', need: 'no', mask: amount }
  - { name: Reserve, ${w}, type: text, need: 'no', mask: text }
`,
    BARE: `
request:
  - { name: Reserve, ${w}, type: text, need: 'no' }
answer:
  - { name: Reserve, ${w}, type: text, need: 'no' }
`,
    TWO: `
request:
  - { name: Reserve, ${w}, type: text, need: 'no' }
answer:
  - { name: n, ${w}, type: int, need: 'no' }
  - { list: first, count: n, fields: [{ name: a, ${w}, type: text, need: 'no' }] }
  - { name: m, ${w}, type: int, need: 'no' }
  - { list: second, count: m, fields: [{ name: b, ${w}, type: text, need: 'no' }] }
`,
  },
);

export const resultFiles = filesOf(
  'result',
  `${heads}envelope:
  body: xml
  root: Result
  declaration: '<?xml version="1.0" encoding="{charset}"?>'
  answerDeclaration: '<?xml version="1.0" encoding="{charset}" ?>'
  lists: repeated
  action: code
  status: ret
  text: say
`,
  {
    LIST: `
request:
  - { name: Account, ${w}, type: varchar(14), need: 'no', mask: account }
  - list: Set
    rowsMax: 2
    fields:
      - { name: No, ${w}, type: varchar(4), need: 'no' }
      - { name: Sum, ${w}, type: 'decimal(15,2)', need: 'no', mask: amount }
answer:
  - { name: Desc, ${w}, type: varchar(20), need: 'no' }
  - list: list
    fields:
      - { name: No, ${w}, type: varchar(4), need: 'no' }
      - { name: Desc, ${w}, type: varchar(20), need: 'no', mask: text }
  - { name: End, ${w}, type: char(1), need: 'no', values: { Y: done, N: more } }
`,
  },
);

export const apFiles = filesOf(
  'ap',
  `
framing:
  type: heads
  bodyBytesMax: 65536
  heads:
    - name: frame
      parts:
        - { name: size, ${w}, bytes: 10, length: after-part }
        - { name: flags, ${w}, bytes: 2, fixed: '00' }
correlation: none
envelope:
  body: xml
  root: ap
  otherRoots: [a]
  declaration: ''
  sections: [head, body]
  common:
    request:
      - { name: tr_code, ${w}, type: char(4) }
      - { name: req_no, ${w}, type: varchar(8), need: 'no' }
    answer:
      - { name: tr_code, ${w}, type: char(4), need: 'no' }
      - { name: req_no, ${w}, type: varchar(8), need: 'no' }
      - { name: ret_code, ${w}, type: varchar(4), need: 'no' }
      - { name: ret_info, ${w}, type: varchar(40), need: 'no' }
  action: tr_code
  status: ret_code
  text: ret_info
`,
  {
    ASK: `
request:
  - { name: acno, ${w}, type: varchar(20), mask: account }
  - { name: origNo, element: req_no, ${w}, type: varchar(8) }
answer:
  - { name: stat, ${w}, type: char(1), need: 'no' }
  - { name: origNo, element: req_no, ${w}, type: varchar(8), need: 'no' }
  - { list: rows, fields: [{ name: no, ${w}, type: varchar(8), need: 'no' }] }
`,
  },
);

export const amp: BankSpec = loadSpec(ampFiles);
export const result: BankSpec = loadSpec(resultFiles);
export const ap: BankSpec = loadSpec(apFiles);

/** A packet of the first two banks written by hand: `code ret say payer | body`; `·` is one space. */
export function packet(code: string, ret: string, say: string, body: string): Uint8Array {
  const bytes = (text: string, width: number): Buffer => {
    const value = iconv.encode(text, 'gbk');
    return Buffer.concat([value, Buffer.alloc(width - value.length, ' ')]);
  };
  const encoded = iconv.encode(body, 'gbk');
  const head = [bytes(code, 4), bytes(ret, 4), bytes(say, 10), bytes('', 12)];
  const size = String(encoded.length).padStart(4, '0');
  return Buffer.concat([Buffer.from(`K${size}`), ...head, encoded]);
}

/** A packet of the third. */
export function framed(body: string): Uint8Array {
  const encoded = iconv.encode(body, 'gbk');
  return Buffer.concat([
    Buffer.from(`${encoded.length + 2}`.padEnd(10)),
    Buffer.from('00'),
    encoded,
  ]);
}

export const bodyOf = (bytes: Uint8Array, heads: number): string =>
  iconv.decode(Buffer.from(bytes).subarray(heads), 'gbk');
/** Bytes before the body in packets of the first two banks. */
export const HEADS = 35;

/** One file with one text in another's place. */
export function changed(files: Files, file: string, from: string, to: string): Files {
  const before = files.get(file) ?? '';
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  return new Map([...files, [file, before.replace(from, () => to)]]);
}

/** A secret part of the head, a field, and a field of rows, between the others. */
const keyed = changed(
  changed(
    ampFiles,
    'protocol.yaml',
    '        - { name: payer,',
    "        - { name: key, zh: 口令, en: word, bytes: 8, align: right, pad: '0', request: $link.key, mask: secret }\n        - { name: payer,",
  ),
  'protocol.yaml',
  'settings: {}',
  "settings: { key: { zh: 口令, en: word, pattern: '^.*$', mask: secret } }",
);
export const withSecrets: BankSpec = loadSpec(
  changed(
    changed(
      keyed,
      'transactions/LIST.yaml',
      '  - { name: day,',
      "  - { name: pin, zh: 密码, en: word, type: varchar(8), need: 'no', mask: secret }\n  - { name: day,",
    ),
    'transactions/LIST.yaml',
    '      - { name: sum,',
    "      - { name: code, zh: 密码, en: word, type: text, need: 'no', mask: secret }\n      - { name: sum,",
  ),
);
