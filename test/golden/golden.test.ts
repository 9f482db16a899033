/**
 * The codec and the verdict tables against exact bytes on disk. The bytes and the values beside them were
 * written without our codec, so a fault of encoder or decoder cannot hide on both sides.
 */
import { describe, expect, test } from 'vitest';
import { decodeAnswer, decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { describe as describePacket, render } from '../../src/protocol/describe.ts';
import { encodeAnswer, encodeRequest, type HeadValues } from '../../src/protocol/encode.ts';
import { formatDecimal } from '../../src/protocol/field.ts';
import { judge, rulesFor } from '../../src/protocol/judge.ts';
import {
  layoutOf,
  type Side,
  saidByHead,
  transactionOf,
  typeOf,
} from '../../src/protocol/layout.ts';
import {
  type Message,
  type Row,
  type Scalar,
  type Values,
  valuesOf,
} from '../../src/protocol/message.ts';
import type { BankSpec, Field } from '../../src/protocol/spec.ts';
import { bytesOf, codeOf, goldens, nameParts, readSidecar, type Sample } from './samples.ts';

const decode = (spec: BankSpec, code: string, side: Side, bytes: Uint8Array): Message =>
  side === 'request' ? decodeRequest(spec, code, bytes) : decodeAnswer(spec, code, bytes);

function encode(spec: BankSpec, code: string, side: Side, values: Values, head: HeadValues) {
  const [charset = 'GBK'] = spec.protocol.charset.request;
  return side === 'request'
    ? encodeRequest(spec, code, values, charset, head)
    : encodeAnswer(spec, code, values, charset, head);
}

/** Amounts as the sidecar writes them. */
function shown(value: Scalar, field: Field | undefined): string {
  const type = field === undefined ? undefined : typeOf(field.type);
  if (typeof value === 'string' || type?.kind !== 'decimal') return String(value);
  return formatDecimal(value, type.scale);
}

const shownRow = (values: Row, fields: ReadonlyMap<string, Field> | undefined) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, shown(value, fields?.get(name))]),
  );

function shownMessage(spec: BankSpec, code: string, side: Side, message: Message) {
  const layout = layoutOf(transactionOf(spec, code), side);
  const all = Object.entries(valuesOf(message)).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, shown(value, layout.fields.get(name))];
    const list = layout.lists.get(name.replace(/\.none$/, ''));
    return [name, value.map((row) => shownRow(row, list?.fields))];
  });
  return Object.fromEntries(all);
}

/** What the caller of an encoder knows: constants, lengths and the code are the spec's business. */
function givenBy(spec: BankSpec, code: string, side: Side, sample: Sample) {
  const { fields } = layoutOf(transactionOf(spec, code), side);
  const free = Object.entries(sample.values).filter(([name]) => !fields.get(name)?.fixed);
  const said = saidByHead(spec).map((part) => part.name);
  const head = Object.entries(sample.head ?? {}).filter(([name]) => said.includes(name));
  return { values: Object.fromEntries(free), head: Object.fromEntries(head) };
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe.each([...goldens])('%s', (_, golden) => {
  const { spec, samples, files, folder, sidecars, unrefused } = golden;

  describe.each([...samples])('%s', (file, expected) => {
    const { code, side } = nameParts(file);
    const bytes = bytesOf(golden, file);

    test('the bytes mean what the sidecar says', () => {
      const message = decode(spec, code, side, bytes);
      expect(shownMessage(spec, code, side, message)).toEqual(expected.values);
      expect(message.head).toEqual(expected.head ?? {});
      expect(message.extra).toEqual(expected.extra ?? {});
      if (side === 'request') expect(readAction(spec, bytes)).toBe(code);
    });

    if (expected.canonical === false)
      test('why it is not written this way is said', () => {
        expect(expected.note ?? expected.corrections[0]).toBeDefined();
      });
    else
      test('values and head make the same bytes again', () => {
        const message = decode(spec, code, side, bytes);
        const decoded = { values: valuesOf(message), head: message.head };
        for (const { values, head } of [decoded, givenBy(spec, code, side, expected)]) {
          expect(latin1(encode(spec, code, side, values, head))).toBe(latin1(bytes));
        }
      });

    if (side === 'answer' && transactionOf(spec, code).kind !== 'push')
      test('is judged as the sidecar says', () => {
        const message = decode(spec, code, side, bytes);
        expect(judge(spec, rulesFor(spec, code), message).says).toBe(expected.says);
        const { asInquiry } = transactionOf(spec, code);
        expect(asInquiry && judge(spec, asInquiry, message, {}, expected.sent).says).toBe(
          expected.asked,
        );
      });
    else
      test('is nothing to judge', () => {
        expect([expected.says, expected.asked]).toEqual([undefined, undefined]);
      });

    test('is described field by field', () => {
      const described = describePacket(spec, bytes, side === 'request' ? undefined : code);
      expect(described).toMatchObject({ code, bytes: bytes.length, faults: [] });
      expect(render(described).split('\n').length).toBeGreaterThan(described.fields.length);
      const wrong = described.fields.filter((field) => field.faults.length > 0);
      if (side === 'request') expect(wrong).toEqual([]);
    });
  });

  test('every file has its entry and every entry its file', () => {
    expect([...files].sort()).toEqual(samples.map(([file]) => file).sort());
    const type = spec.protocol.framing.type === 'http' ? 'xml' : 'bin';
    expect(files.filter((name) => nameParts(name).type !== type)).toEqual([]);
  });

  test.each([...sidecars])('%s speaks of its own transaction only', (name) => {
    const entries = Object.keys(readSidecar(folder, name)).filter((key) => key !== 'refusal');
    const codes = new Set(entries.map((file) => nameParts(file).code));
    expect([...codes]).toEqual([codeOf(name)]);
  });

  test.each([...spec.transactions.keys()])('%s has a request, a success and a refusal', (code) => {
    const mine = samples.filter(([file]) => nameParts(file).code === code);
    const answers = mine.filter(([file]) => nameParts(file).side === 'answer');
    const { push } = transactionOf(spec, code);
    expect(mine.some(([file]) => nameParts(file).side === 'request')).toBe(true);
    if (push !== undefined) {
      // what only tells us something is acknowledged or not answered at all
      const refused = answers.some(([file]) => nameParts(file).variant !== '');
      expect(answers.length > 0 && (push.role !== 'question' || refused)).toBe(true);
      return;
    }
    const verdicts = answers.map(([file]) => {
      const message = decodeAnswer(spec, code, bytesOf(golden, file));
      return judge(spec, rulesFor(spec, code), message);
    });
    expect(verdicts.some(({ says }) => ['succeeded', 'pending'].includes(says))).toBe(true);
    const refused = verdicts.some(
      ({ says, reason }) => ['failed', 'unknown'].includes(says) || reason === 'empty',
    );
    expect(refused || unrefused.has(code)).toBe(true);
  });

  test('an answer whose transaction has rows is shown with rows', () => {
    const index = Object.fromEntries(samples.map(([file, sample]) => [file, sample]));
    for (const { code, kind } of spec.transactions.values()) {
      if (kind === 'push') continue;
      const lists = layoutOf(transactionOf(spec, code), 'answer').lists;
      for (const list of lists.keys()) {
        const own = samples.filter(([file]) => file.startsWith(`${code}.answer.`));
        const first = index[`${code}.answer.xml`] ?? index[`${code}.answer.bin`] ?? own[0]?.[1];
        expect([code, first?.values[list]]).toEqual([code, expect.any(Array)]);
      }
    }
  });
});
