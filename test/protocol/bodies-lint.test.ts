/** Goal: a spec whose bodies could not be written, or not be read again, does not load. */
import { describe, expect, it } from 'vitest';
import { faultsOf } from './ground.ts';
import { ampFiles, apFiles, type Files, resultFiles } from './other-banks.ts';

type Plant = readonly [
  what: string,
  files: Files,
  file: string,
  from: string,
  to: string,
  fault: string,
];

function planted(files: Files, file: string, from: string, to: string): string[] {
  const text = files.get(file) ?? '';
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  return faultsOf(new Map([...files, [file, text.replace(from, to)]]));
}

const P = 'protocol.yaml';
const LIST = 'transactions/LIST.yaml';
const ASK = 'transactions/ASK.yaml';
const field = '{ zh: 词, en: word, ';

const plants: readonly Plant[] = [
  [
    'a delimiter that amounts have',
    ampFiles,
    P,
    "delimiter: '&'",
    "delimiter: '.'",
    `${P}:envelope.delimiter — is no sign that could stand between values`,
  ],
  [
    'an action without a name',
    ampFiles,
    P,
    'action: code',
    'action: no',
    `${P}:envelope.action — fields without names cannot say it: name a part of a head`,
  ],
  [
    'a list nobody counts',
    ampFiles,
    LIST,
    '    rowsMax: 3\n    count: n\n',
    '    rowsMax: 3\n',
    `${LIST}:request.4 — a delimited body needs the field that counts the rows`,
  ],
  [
    'a list counted by a later field',
    ampFiles,
    LIST,
    '    rowsMax: 3\n    count: n\n',
    '    rowsMax: 3\n    count: Reserve\n',
    `${LIST}:request.4.count — no field Reserve before the list`,
  ],
  [
    'a list counted by an amount',
    ampFiles,
    LIST,
    '    rowsMax: 3\n    count: n\n',
    '    rowsMax: 3\n    count: amount\n',
    `${LIST}:request.4.count — is no number`,
  ],
  [
    'two lists of one count',
    ampFiles,
    'transactions/TWO.yaml',
    'count: m',
    'count: n',
    'transactions/TWO.yaml:answer.3.count — another list is counted by it',
  ],
  [
    'a field that may be left out where places count',
    ampFiles,
    LIST,
    "need: 'no', mask: text }",
    "need: 'no', mayBeAbsent: true, mask: text }",
    `${LIST}:answer.3.mayBeAbsent — only XML has elements`,
  ],
  [
    'a value with the delimiter',
    ampFiles,
    'transactions/BARE.yaml',
    "need: 'no' }",
    "need: 'no', values: { 'a&b': x } }",
    'transactions/BARE.yaml:request.0 — a value with the delimiter in it',
  ],
  [
    'a counted list in XML',
    resultFiles,
    LIST,
    '  - list: list\n',
    '  - list: list\n    count: Desc\n',
    `${LIST}:answer.1.count — elements need no counting`,
  ],
  [
    'a list named like a field',
    resultFiles,
    LIST,
    '  - list: list\n',
    '  - list: Desc\n',
    `${LIST}:answer.1 — its element is another one’s already`,
  ],
  [
    'a list whose name is no element',
    resultFiles,
    LIST,
    '  - list: list\n',
    '  - list: 1x\n',
    `${LIST}:answer.1.list — cannot be the name of an element`,
  ],
  [
    'two roots of one name',
    apFiles,
    P,
    'otherRoots: [a]',
    'otherRoots: [a, ap]',
    `${P}:envelope.otherRoots — ap stands here twice`,
  ],
  [
    'a section that is no element',
    apFiles,
    P,
    'sections: [head, body]',
    'sections: [head, "b d"]',
    `${P}:envelope.sections — cannot be the name of an element`,
  ],
  [
    'a declaration that is none',
    apFiles,
    P,
    "declaration: ''",
    "declaration: '<ap>'",
    `${P}:envelope.declaration — is no declaration`,
  ],
  [
    'two fields of one element',
    apFiles,
    ASK,
    'name: stat,',
    'name: stat, element: req_no,',
    `${ASK}:answer.1 — its element is another one’s already`,
  ],
  [
    'a name that all messages have',
    apFiles,
    ASK,
    'name: stat,',
    'name: req_no,',
    `${ASK}:answer.0 — req_no stands here twice`,
  ],
  [
    'a common field without a mask',
    apFiles,
    P,
    `${field.slice(2, -2)}, type: varchar(8), need: 'no' }\n    answer`,
    `zh: 账号, en: word, type: varchar(8), need: 'no' }\n    answer`,
    `${P}:envelope.common.request.1.mask — is an account number by its Chinese name; needs a mask`,
  ],
  [
    'a section that a field names itself',
    apFiles,
    ASK,
    'name: stat,',
    'name: stat, section: head,',
    `${ASK}:answer.0 — Unrecognized key: "section"`,
  ],
];

describe('a fault of bodies', () => {
  it.each(plants)('%s', (_, files, file, from, to, fault) => {
    expect(planted(files, file, from, to)).toContain(fault);
  });

  it('is in none of the small banks', () => {
    for (const files of [ampFiles, resultFiles, apFiles]) expect(faultsOf(files)).toEqual([]);
  });
});
