/**
 * The codec and the verdict tables against exact bytes on disk. The bytes and the values beside them were
 * written without our codec, so a fault of encoder or decoder cannot hide on both sides.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { decodeAnswer, decodeRequest } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest, valuesOf } from '../../src/protocol/encode.ts';
import { formatDecimal } from '../../src/protocol/field.ts';
import { judge, rulesFor } from '../../src/protocol/judge.ts';
import { layoutOf, type Side, transactionOf, typeOf } from '../../src/protocol/layout.ts';
import type { Message, Row, Scalar, Values } from '../../src/protocol/message.ts';
import { type Field, says } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

const folder = 'protocol-specs/citic';
const golden = join(folder, 'golden');

const row = z.record(z.string(), z.string().min(1));
const sample = z.strictObject({
  source: z.string().min(1),
  attested: z.array(z.string().min(1)).optional(),
  note: z.string().optional(),
  canonical: z.literal(false).optional(),
  values: z.record(z.string(), z.union([z.string().min(1), z.array(row)])),
  extra: z.record(z.string(), z.string()).optional(),
  says: says.optional(),
  asked: says.optional(),
  corrections: z.array(z.string().min(1)),
});
const sidecar = z.record(z.string(), sample);
const readSidecar = (name: string) => sidecar.parse(parse(readFileSync(join(golden, name), 'utf8')));

/** One sidecar for each transaction, with the samples of that transaction and no other. */
const sidecars = readdirSync(golden).filter((name) => name.endsWith('.yaml'));
const samples = sidecars.flatMap((name) => Object.entries(readSidecar(name)));
const index = Object.fromEntries(samples);

const spec = readSpec(folder);

function nameParts(file: string): { code: string; side: Side; variant: string } {
  const [, code = '', side = '', variant = ''] =
    /^([A-Z0-9]+)\.(request|answer)(?:\.([a-z-]+))?\.xml$/.exec(file) ?? [];
  return { code, side: side === 'request' ? 'request' : 'answer', variant };
}

const decode = (code: string, side: Side, bytes: Uint8Array): Message =>
  side === 'request' ? decodeRequest(spec, code, bytes) : decodeAnswer(spec, code, bytes);

const encode = (code: string, side: Side, values: Values): Uint8Array =>
  side === 'request'
    ? encodeRequest(spec, code, values, 'GBK')
    : encodeAnswer(spec, code, values, 'GBK');

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

function shownMessage(code: string, side: Side, message: Message) {
  const layout = layoutOf(transactionOf(spec, code), side);
  const lists = Object.entries(message.lists).map(([name, rows]) => [
    name,
    rows.map((values) => shownRow(values, layout.lists.get(name)?.fields)),
  ]);
  return { ...shownRow(message.fields, layout.fields), ...Object.fromEntries(lists) };
}

describe.each(samples)('%s', (file, expected) => {
  const { code, side } = nameParts(file);
  const bytes = new Uint8Array(readFileSync(join(golden, file)));

  test('the bytes mean what the sidecar says', () => {
    const message = decode(code, side, bytes);
    expect(shownMessage(code, side, message)).toEqual(expected.values);
    expect(message.extra).toEqual(expected.extra ?? {});
  });

  if (expected.canonical !== false)
    test('values make the same bytes again', () => {
      const { action: _, ...values } = expected.values;
      for (const given of [valuesOf(decode(code, side, bytes)), values]) {
        const again = encode(code, side, given);
        expect(Buffer.from(again).toString('latin1')).toBe(Buffer.from(bytes).toString('latin1'));
      }
    });

  if (side === 'answer')
    test('is judged as the sidecar says', () => {
      const message = decode(code, side, bytes);
      expect(judge(spec, rulesFor(spec, code), message).says).toBe(expected.says);
      const { asInquiry } = transactionOf(spec, code);
      expect(asInquiry && judge(spec, asInquiry, message).says).toBe(expected.asked);
    });
});

test('every file has its entry and every entry its file', () => {
  const files = readdirSync(golden).filter((name) => name.endsWith('.xml'));
  expect(files.sort()).toEqual(samples.map(([file]) => file).sort());
  expect(files.filter((name) => nameParts(name).code === '')).toEqual([]);
});

test.each(sidecars)('%s speaks of its own transaction only', (name) => {
  const codes = new Set(Object.keys(readSidecar(name)).map((file) => nameParts(file).code));
  expect([...codes]).toEqual([name.replace(/\.yaml$/, '')]);
});

test.each([...spec.transactions.keys()])('%s has a request, a success and a refusal', (code) => {
  const mine = samples.filter(([file]) => nameParts(file).code === code);
  const answers = mine.filter(([file]) => nameParts(file).side === 'answer');
  const taken = ['AAAAAAA', 'AAAAAAE'];
  const isTaken = ([, { values }]: (typeof mine)[number]) => taken.includes(String(values.status));
  expect(mine.some(([file]) => nameParts(file).side === 'request')).toBe(true);
  expect(answers.some(isTaken)).toBe(true);
  expect(answers.some((one) => !isTaken(one))).toBe(true);
});

test('an answer whose transaction has rows is shown with rows', () => {
  for (const { code } of spec.transactions.values()) {
    for (const list of layoutOf(transactionOf(spec, code), 'answer').lists.keys()) {
      expect([code, index[`${code}.answer.xml`]?.values[list]]).toEqual([code, expect.any(Array)]);
    }
  }
});

test('DLCIDSTT is shown with every state flag its table lists', () => {
  const list = layoutOf(transactionOf(spec, 'DLCIDSTT'), 'answer').lists.get('userDataList');
  const seen = samples
    .filter(([file]) => nameParts(file).code === 'DLCIDSTT')
    .flatMap(([, { values }]) => (Array.isArray(values.userDataList) ? values.userDataList : []))
    .map((values) => values.stt);
  expect(seen).toEqual(expect.arrayContaining(Object.keys(list?.fields.get('stt')?.values ?? {})));
});

test('a returned payout is a debit with a negative amount, and stays one', () => {
  const bytes = new Uint8Array(readFileSync(join(golden, 'DLSTRNDT.answer.many.xml')));
  const rows = decodeAnswer(spec, 'DLSTRNDT', bytes).lists.userDataList ?? [];
  expect(rows.at(-1)).toMatchObject({ TRANTYPE: '23', CDFG: 'D', TRANAMT: -300_000n });
});

test('samples where the table won over the printed one', () => {
  const corrected = samples.filter(([, { corrections }]) => corrections.length > 0);
  expect(corrected.map(([file]) => file)).toEqual(
    expect.arrayContaining(['DLMDETRN.request.xml', 'DLOUTTRN.answer.xml']),
  );
});
