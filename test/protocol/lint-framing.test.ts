/** Faults of heads framing, planted one at a time into a small spec that has none. */
import { describe, expect, it } from 'vitest';
import { lintSpec } from '../../src/protocol/lint.ts';
import { type BankSpec, protocolFile } from '../../src/protocol/spec.ts';
import { small } from './ground.ts';

const part = (name: string, bytes: number, more: Record<string, unknown> = {}) => ({
  name,
  zh: '段',
  en: 'part',
  bytes,
  ...more,
});

type Part = ReturnType<typeof part>;

/** outer.0 flag, 1 length, 2 reference, 3 code; business.0 kind */
interface Shape {
  heads: { name: string; parts: Part[] }[];
  end?: unknown;
  correlation?: unknown;
  policy?: string;
  envelope?: Record<string, string>;
  verdicts?: unknown;
}

const whole = (): Shape => ({
  heads: [
    {
      name: 'outer',
      parts: [
        part('flag', 2, { fixed: 'A0' }),
        part('length', 6, { align: 'right', pad: '0', length: 'after-head' }),
        part('reference', 20, {
          request: '$serial|$packet.reference',
          answer: '$request.reference',
        }),
        part('code', 6, { request: '$transaction', values: { PAY: 'payment' } }),
      ],
    },
    { name: 'business', parts: [part('kind', 4)] },
  ],
  correlation: { request: 'reference', answer: 'reference' },
});

function faultsOf(change: (shape: Shape) => void): string[] {
  const shape = whole();
  change(shape);
  const { correlation, end, envelope, heads, policy, verdicts } = shape;
  const protocol = protocolFile.parse({
    ...small.protocol,
    framing: { type: 'heads', heads, bodyBytesMax: 1000, ...(end === undefined ? {} : { end }) },
    envelope: { ...small.protocol.envelope, ...envelope },
    correlation,
    ...(verdicts === undefined ? {} : { verdicts }),
    connection: { policy: policy ?? 'kept' },
  });
  const spec: BankSpec = { ...small, protocol };
  return lintSpec(spec).map(
    ({ path, detail }) => `${path.replace('protocol.yaml:', '')} — ${detail}`,
  );
}

/** the part of that place, changed */
const at =
  (head: number, index: number, more: Record<string, unknown>) =>
  ({ heads }: Shape): void => {
    Object.assign(heads[head]?.parts[index] ?? {}, more);
  };

it('a spec without a fault has none', () => {
  expect(faultsOf(() => undefined)).toEqual([]);
});

const planted: readonly [string, (shape: Shape) => void, string][] = [
  [
    'a name twice in two heads',
    at(1, 0, { name: 'code' }),
    'framing.heads.1.parts.0.name — code stands here twice',
  ],
  [
    'a head twice',
    ({ heads }) => Object.assign(heads[1] ?? {}, { name: 'outer' }),
    'framing.heads.1.name — outer stands here twice',
  ],
  [
    'a part named like a field',
    at(1, 0, { name: 'amount' }),
    'framing.heads.1.parts.0.name — amount is also a field',
  ],
  [
    'a part named like a list',
    at(1, 0, { name: 'people' }),
    'framing.heads.1.parts.0.name — people is also a field',
  ],
  [
    'fixed and a length',
    at(0, 1, { fixed: '1' }),
    'framing.heads.0.parts.1 — is fixed and a length',
  ],
  [
    'fixed and an expression',
    at(0, 0, { request: '$serial' }),
    'framing.heads.0.parts.0.request — is fixed and has an expression',
  ],
  [
    'a length and an expression',
    at(0, 1, { answer: '1' }),
    'framing.heads.0.parts.1.answer — is a length and has an expression',
  ],
  [
    'a constant that does not fit',
    at(0, 0, { fixed: 'A01' }),
    'framing.heads.0.parts.0.fixed — 3 bytes, at most 2',
  ],
  [
    'a constant in Chinese',
    at(0, 0, { fixed: '样' }),
    'framing.heads.0.parts.0.fixed — has more than plain ASCII',
  ],
  [
    'a value that does not fit',
    at(0, 3, { values: { PAYMENT: 'x' } }),
    'framing.heads.0.parts.3.values — 7 bytes, at most 6',
  ],
  [
    'a literal that does not fit',
    at(1, 0, { request: '12345' }),
    'framing.heads.1.parts.0.request — 5 bytes, at most 4',
  ],
  [
    'a name that means nothing',
    at(1, 0, { request: '$body.x' }),
    'framing.heads.1.parts.0.request — $body.x means nothing here',
  ],
  [
    'an answer that names a part that is not there',
    at(1, 0, { answer: '$request.sort' }),
    'framing.heads.1.parts.0.answer — $request.sort means nothing here',
  ],
  [
    'a request that names the one it answers',
    at(1, 0, { request: '$request.kind' }),
    'framing.heads.1.parts.0.request — $request.kind means nothing here',
  ],
  [
    'a pad of two bytes',
    at(1, 0, { pad: '　' }),
    'framing.heads.1.parts.0.pad — is not one plain ASCII character',
  ],
  [
    'a length padded with something',
    at(0, 1, { pad: '*' }),
    'framing.heads.0.parts.1.pad — a length is padded with spaces or zeros',
  ],
  [
    'zeros behind a length',
    at(0, 1, { align: 'left' }),
    'framing.heads.0.parts.1.pad — zeros behind a number are digits',
  ],
  [
    'an account number to be shown',
    at(1, 0, { zh: '账号' }),
    'framing.heads.1.parts.0.mask — is an account number by its Chinese name; needs a mask',
  ],
  ['no length', at(0, 1, { length: undefined }), 'framing.end — no part says how long a packet is'],
  [
    'a length and a tag',
    (shape) => Object.assign(shape, { end: { tag: '</x>' } }),
    'framing.end — a part says how long a packet is',
  ],
  [
    'the end of a stream that goes on',
    (shape) => Object.assign(shape, { end: 'stream' }),
    'connection.policy — an answer that ends with the stream ends its connection',
  ],
  [
    'a correlation with nothing',
    ({ correlation }) => Object.assign(correlation ?? {}, { answer: 'ref' }),
    'correlation.answer — no part ref',
  ],
  [
    'a correlation by a constant',
    ({ correlation }) => Object.assign(correlation ?? {}, { request: 'flag' }),
    'correlation.request — flag is the same in many packets',
  ],
  [
    'a correlation by an empty part',
    ({ correlation }) => Object.assign(correlation ?? {}, { request: 'kind' }),
    'correlation.request — nothing goes into kind',
  ],
];

describe('a fault of heads framing', () => {
  it.each(planted)('%s', (_what, change, fault) => {
    expect(faultsOf(change)).toContain(fault);
  });
});

describe('what the envelope names', () => {
  it('may stand in a head', () => {
    const inHead = ({ heads, ...shape }: Shape) => {
      heads[1]?.parts.push(part('state', 7), part('stateText', 20));
      return { ...shape, envelope: { action: 'code', status: 'state', text: 'stateText' } };
    };
    expect(faultsOf((shape) => Object.assign(shape, inHead(shape)))).toEqual([]);
  });

  it('an action in a head is the transaction', () => {
    const action = (shape: Shape) => Object.assign(shape, { envelope: { action: 'kind' } });
    expect(faultsOf(action)).toContain('envelope.action — kind does not take $transaction');
  });
});

it('a verdict may rest on a part of a head, and only on values it has', () => {
  const rules = { order: [{ when: { kind: ['1', '3'] }, says: 'pending', ended: 'accepted' }] };
  const found = faultsOf((shape) => {
    at(1, 0, { values: { 1: 'one', 2: 'two' } })(shape);
    shape.verdicts = { order: [...rules.order, { says: 'unknown', ended: 'unlisted' }] };
  });
  expect(found).toEqual(['verdicts.order.0.when.kind — 3 is not one of its values']);
});

it('HTTP names no request', () => {
  const correlation = { request: 'x', answer: 'x' };
  const spec = { ...small, protocol: { ...small.protocol, correlation } };
  const found = lintSpec(spec).map(({ path, detail }) => `${path} — ${detail}`);
  expect(found).toContain(
    'protocol.yaml:correlation — HTTP has no head of ours that could name a request',
  );
});
