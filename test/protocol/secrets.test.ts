/** Goal: whatever form a packet has, its secrets come out of it, the rest stays, and who knows them gets its very bytes back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest } from '../../src/protocol/encode.ts';
import { layoutOf } from '../../src/protocol/framing/layout.ts';
import { isList } from '../../src/protocol/layout.ts';
import { loadSpec } from '../../src/protocol/load.ts';
import type { Values } from '../../src/protocol/message.ts';
import {
  withholdBody,
  withholdHeads,
  withholdRequest,
  withSecrets,
} from '../../src/protocol/secrets.ts';
import type { BankSpec, Field, Operation } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { faultsOf, small, smallFiles, textOf } from './ground.ts';
import { withSecrets as amp, changed, resultFiles } from './other-banks.ts';

const hash = (value: string): string => `#${[...value].reverse().join('')}`;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const result = loadSpec(
  changed(
    resultFiles,
    'transactions/LIST.yaml',
    '      - { name: No,',
    "      - { name: Code, zh: 密码, en: word, type: varchar(30), need: 'no', mask: secret }\n      - { name: No,",
  ),
);

interface Case {
  readonly spec: BankSpec;
  readonly code: string;
  readonly values: Values;
  readonly head?: Record<string, string>;
  readonly secrets: Record<string, string>;
}

const cases: Record<string, Case> = {
  'XML by itself': {
    spec: small,
    code: 'PAY',
    values: { clientID: '1', name: '张三', amount: '1.00', pin: 'a<&"b', people: [{ id: '1' }] },
    secrets: { pin: 'a<&"b' },
  },
  'XML behind heads, with rows': {
    spec: result,
    code: 'LIST',
    values: {
      Account: '62220001',
      Set: [{ Code: '密', No: '1' }, { No: '2' }, { Code: 'x' }].slice(0, 2),
    },
    head: { code: 'LIST' },
    secrets: { 'Set.0.Code': '密' },
  },
  'fields without names behind heads, with rows': {
    spec: amp,
    code: 'LIST',
    values: {
      name: '李四',
      pin: '1234',
      pays: [{ no: '1', code: 'longer than its neighbours', sum: '2.00' }],
    },
    head: { code: 'LIST', key: 'word0' },
    secrets: { pin: '1234', 'pays.0.code': 'longer than its neighbours', 'head.key': 'word0' },
  },
};

describe.each(Object.entries(cases))('%s', (_, { spec, code, values, head = {}, secrets }) => {
  const packet = encodeRequest(spec, code, values, 'GBK', head);

  it('gives up its secrets, and nothing else', () => {
    const withheld = withholdRequest(spec, code, 'GBK', packet, hash);
    const hashes = Object.entries(secrets).map(([path, value]) => [path, hash(value)]);
    expect(withheld.secrets).toEqual(Object.fromEntries(hashes));
    for (const value of Object.values(secrets)) {
      expect(textOf(withheld.kept)).not.toContain(value);
    }
    const open = JSON.stringify(decodeRequest(spec, code, packet), (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const kept = JSON.stringify(decodeRequest(spec, code, withheld.kept), (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const shape = Object.values(secrets).reduce(
      (all, value) => all.replace(JSON.stringify(value), '"*"'),
      open,
    );
    // the lengths in its heads are right again
    expect(kept.replace(/"size":"\d+"/, '')).toBe(shape.replace(/"size":"\d+"/, ''));
  });

  it('is what it was, byte for byte, for who has them', () => {
    const { kept } = withholdRequest(spec, code, 'GBK', packet, hash);
    expect(text(withSecrets(spec, code, 'GBK', kept, secrets))).toBe(text(packet));
  });

  it('can be compared: equal but for its secrets, equal; one secret apart, only its hash differs', () => {
    const [path = ''] = Object.keys(secrets);
    const other = withSecrets(spec, code, 'GBK', packet, { ...secrets, [path]: 'other' });
    const [a, b] = [packet, other].map((one) => withholdRequest(spec, code, 'GBK', one, hash));
    expect(text(other)).not.toBe(text(packet));
    expect(text(a?.kept ?? packet)).toBe(text(b?.kept ?? packet));
    expect(a?.secrets[path]).not.toBe(b?.secrets[path]);
  });

  it('withheld once more it is the same', () => {
    const { kept } = withholdRequest(spec, code, 'GBK', packet, hash);
    expect(text(withholdRequest(spec, code, 'GBK', kept, hash).kept)).toBe(text(kept));
  });
});

const SPECS = ['citic', 'cms', 'pingan_b2bi', 'pingan_jzb', 'pingan_trading', 'reference'];

describe.each(SPECS)('the spec of %s', (bank) => {
  const spec = readSpec(`protocol-specs/${bank}`);

  it('leaves what has no secret exactly as it was, without looking at it', () => {
    for (const { code, request } of spec.transactions.values()) {
      const fields = request.flatMap((part) => (isList(part) ? part.fields : [part]));
      if (fields.some(({ mask }) => mask === 'secret')) continue;
      const bytes = Buffer.from('no packet at all');
      expect(withholdRequest(spec, code, 'GBK', bytes, hash)).toEqual({ kept: bytes, secrets: {} });
    }
  });

  /** Something for each field of a request that must have something, and for each that is secret. */
  const sampleOf = ({ name, type, values }: Field): string => {
    const [first] = Object.keys(values ?? {}).filter((one) => one !== '');
    if (first !== undefined) return first;
    if (type.startsWith('decimal') || type === 'int') return '1';
    if (type === 'date') return '20260924';
    return type === 'time' ? '101112' : name.slice(0, 1);
  };

  it('lets every secret of every transaction be taken out and put in again', () => {
    for (const { code, kind, request } of spec.transactions.values()) {
      const secret = request.filter(
        (part): part is Field => !isList(part) && part.mask === 'secret',
      );
      if (secret.length === 0 || kind === 'push') continue;
      const values = Object.fromEntries(
        request
          .filter((part): part is Field => !isList(part))
          .filter(
            ({ fixed, need, mask }) => fixed === undefined && (need === 'yes' || mask === 'secret'),
          )
          .map((field) => [field.name, field.mask === 'secret' ? '9Z9Z' : sampleOf(field)]),
      );
      const packet = encodeRequest(spec, code, values, 'GBK');
      const withheld = withholdRequest(spec, code, 'GBK', packet, hash);
      expect(Object.keys(withheld.secrets)).toEqual(secret.map(({ name }) => name));
      expect(text(withheld.kept)).not.toContain('9Z9Z');
      const given = Object.fromEntries(secret.map(({ name }) => [name, '9Z9Z']));
      expect(text(withSecrets(spec, code, 'GBK', withheld.kept, given))).toBe(text(packet));
    }
  });
});

it('any value comes out and goes in again', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{1,8}$/), (pin) => {
      const values = { clientID: '1', name: 'x', amount: '1.00', pin, people: [{ id: '1' }] };
      const packet = encodeRequest(small, 'PAY', values, 'GBK');
      const { kept, secrets } = withholdRequest(small, 'PAY', 'GBK', packet, hash);
      expect(secrets).toEqual({ pin: hash(pin) });
      expect(text(withSecrets(small, 'PAY', 'GBK', kept, { pin }))).toBe(text(packet));
    }),
    { numRuns: 300 },
  );
});

describe('what the bank sends', () => {
  it('stays as it came but for the secret parts of its heads', () => {
    const answer = encodeAnswer(amp, 'LIST', { total: '1', Reserve: '1234' }, 'GBK', {
      key: '00word0',
    });
    const { kept, secrets } = withholdHeads(amp, answer, hash);
    expect(secrets).toEqual({ 'head.key': hash('word0') });
    const { framing } = amp.protocol;
    if (framing.type === 'http') throw new Error('heads');
    const part = layoutOf(framing).parts.find((one) => one.part.name === 'key');
    const different = [...answer.keys()].filter((at) => answer[at] !== kept[at]);
    expect(different.every((at) => at >= (part?.from ?? 0) && at < (part?.to ?? 0))).toBe(true);
    expect(kept).toHaveLength(answer.length);
  });

  it('is not touched where its heads have none', () => {
    const answer = encodeAnswer(small, 'PAY', { status: 'AAAAAAA', statusText: 'x' }, 'GBK');
    expect(withholdHeads(small, answer, hash)).toEqual({ kept: answer, secrets: {} });
  });
});

describe('the body of an instruction', () => {
  const operation = {
    body: { account: { mask: 'account' }, word: { mask: 'secret' } },
    bank: { code: { mask: 'secret' }, other: { mask: 'none' } },
  } as unknown as Operation;

  it('by its operation: what the fields are marked as, those of the bank too', () => {
    const body = { account: '62220001', word: 'w', bank: { code: '12', other: 'x' } };
    const { kept, secrets } = withholdBody(small, operation, 'PAY', body, hash);
    expect(kept).toEqual({ account: '62220001', word: '*', bank: { code: '*', other: 'x' } });
    expect(secrets).toEqual({ 'body.word': hash('w'), 'body.bank.code': hash('12') });
    expect(body.word).toBe('w');
  });

  it('of a native call: by the names of the bank, rows too', () => {
    const body = { name: 'x', pin: '12', people: [{ id: '1' }] };
    expect(withholdBody(small, undefined, 'PAY', body, hash)).toEqual({
      kept: { ...body, pin: '*' },
      secrets: { 'body.pin': hash('12') },
    });
    const rows = { Set: [{ Code: 'a' }, { No: '1' }] };
    expect(withholdBody(result, undefined, 'LIST', rows, hash).secrets).toEqual({
      'body.Set.0.Code': hash('a'),
    });
  });

  it('with nothing secret is the same, with no hashes', () => {
    const body = { account: '62220001' };
    expect(withholdBody(small, operation, 'PAY', body, hash)).toEqual({ kept: body, secrets: {} });
  });
});

describe('lint', () => {
  const faults = (file: string, from: string, to: string) =>
    faultsOf(changed(smallFiles, file, from, to)).map((one) => one.split(' — ').join(': '));
  const PIN = "name: pin, type: varchar(8), need: 'no', mask: secret";

  it.each([
    ['is a number', PIN, "name: pin, type: int, need: 'no', mask: secret", 'only text is secret'],
    [
      'has a list of values',
      PIN,
      `${PIN}, values: { A: one }`,
      'a secret with a list of values is none',
    ],
    ['is fixed', PIN, `${PIN}, fixed: A, owned: true`, 'a secret that the spec fixes is none'],
    [
      'decides',
      'requiredWhen: { way: [A] }',
      "requiredWhen: { pin: ['1'] }",
      'a condition looks at it',
    ],
  ])('a secret that %s is a fault', (_, from, to, fault) => {
    expect(faults('transactions/PAY.yaml', from, to)).toEqual([
      `transactions/PAY.yaml:request.12.mask: ${fault}`,
    ]);
  });

  it('what a bank says is evidence and kept: no secret can stand in it', () => {
    expect(
      faults(
        'transactions/PAY.yaml',
        "name: when, type: date, need: 'no'",
        "name: when, type: text, need: 'no', mask: secret",
      ),
    ).toEqual([
      'transactions/PAY.yaml:answer.3.mask: what is not a request of ours is kept as it is: mask it as text',
    ]);
  });

  const operations = (fields: string, more = '') => `
operations:
  pay:
    zh: 付
    en: pay
    transaction: PAY
    serial: usual
    body: { name: { type: name, zh: 词, en: word, mask: name }, amount: { type: amount, zh: 词, en: word, mask: amount }, word: { type: text, zh: 词, en: word, mask: secret }, id: { type: text, zh: 词, en: word } }
    fields: { name: $body.name, amount: $body.amount, ${fields} }
    ${more}
`;
  const ordered = (fields: string, more?: string) =>
    faultsOf(new Map([...smallFiles, ['operations.yaml', operations(fields, more)]]));

  it('a secret may only go where one is expected, and nothing else may go there', () => {
    expect(ordered('pin: $body.word, people: [{ id: $body.id }]')).toEqual([]);
    expect(ordered('bankCode: $body.word, people: [{ id: $body.id }]')).toEqual([
      'operations.yaml:operations.pay.fields.bankCode — $body.word is secret and would stand here in clear',
    ]);
    expect(ordered('pin: $body.id, people: [{ id: $body.word }]')).toEqual([
      'operations.yaml:operations.pay.fields.pin — $body.id is not marked secret where it comes from',
      'operations.yaml:operations.pay.fields.people.0.id — $body.word is secret and would stand here in clear',
    ]);
  });

  it('nor into what is told or kept', () => {
    expect(
      ordered('pin: $body.word, people: [{ id: $body.id }]', 'data: { word: $body.word }'),
    ).toEqual([
      'operations.yaml:operations.pay.data.word — $body.word is secret and would stand here in clear',
    ]);
  });

  it('and no question may look at it, which after a start is a hash', () => {
    const asked = changed(
      smallFiles,
      'transactions/PAY.yaml',
      'inquiry: none',
      'inquiry: { transaction: PAY, request: { pin: $sent.pin } }',
    );
    expect(faultsOf(asked)).toContain(
      'transactions/PAY.yaml:inquiry.request.pin — $sent.pin is secret: after a start only its hash is known',
    );
  });
});
