/**
 * docs/schemas is what ledgers in other languages build against. It is generated from the same zod objects
 * the gateway checks with: UPDATE_SCHEMAS=1 rewrites the files, else a difference fails here.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { envelope } from '../../src/instruction/envelope.ts';
import { contradiction, rejection, result } from '../../src/instruction/messages.ts';
import { notice } from '../../src/instruction/notices.ts';
import { bankNotice, question } from '../../src/instruction/pushed.ts';
import { sealNotice } from '../../src/instruction/seal-notice.ts';
import { message } from '../../src/queue/client.ts';
import * as samples from './samples.ts';

const directory = new URL('../../docs/schemas/', import.meta.url);

interface Published {
  schema: z.ZodType;
  title: string;
  /** what zod does not say */
  more?: object;
}

const oneWay = { oneOf: [{ required: ['operation'] }, { required: ['transaction'] }] };
const published: Record<string, Published> = {
  envelope: { schema: envelope, title: 'An instruction', more: oneWay },
  result: { schema: result, title: 'What is known about an instruction' },
  rejection: { schema: rejection, title: 'A request that was not taken' },
  contradiction: { schema: contradiction, title: 'Evidence that disagrees with a final' },
  notice: { schema: notice, title: 'Money that arrived or came back' },
  'bank-notice': { schema: bankNotice, title: 'What the bank said by itself' },
  question: { schema: question, title: 'What the bank asks' },
  seal: { schema: sealNotice, title: 'The seal of a day of the journal' },
  'queue-instructions': {
    schema: envelope,
    title: 'Job data on instructions-<source>',
    more: oneWay,
  },
  'queue-results': { schema: message, title: 'Job data on results-<source>' },
  'queue-notices': {
    schema: z.union([notice, bankNotice, sealNotice]),
    title: 'Job data on notices-<source>',
  },
  'queue-questions': { schema: question, title: 'Job data on questions-<source>' },
};

const generated = ({ schema, title, more }: Published): object => ({
  ...z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }),
  title,
  ...more,
});

const load = async (name: string): Promise<object> => {
  const read: unknown = JSON.parse(await readFile(new URL(`${name}.json`, directory), 'utf8'));
  if (typeof read !== 'object' || read === null) throw new Error(`${name}.json is no object`);
  return read;
};
const validator = async (name: string) =>
  new Ajv2020({ formats: { 'date-time': true } }).compile(await load(name));

describe('the files in docs/schemas', () => {
  it.each(Object.entries(published))('%s is what the code checks', async (name, one) => {
    const text = `${JSON.stringify(generated(one), null, 2)}\n`;
    if (process.env.UPDATE_SCHEMAS === '1') {
      await writeFile(new URL(`${name}.json`, directory), text);
    }
    expect(await load(name)).toEqual(JSON.parse(text));
  });

  it('are no more than those', async () => {
    const files = (await readdir(directory)).filter((file) => file.endsWith('.json'));
    expect(files.sort()).toEqual(
      Object.keys(published)
        .sort()
        .map((name) => `${name}.json`),
    );
  });
});

const { envelopes, unknown, succeeded, credit, returned } = samples;
const refused = (more: object): object => ({ ...samples.rejection, ...more });
const good: [string, z.ZodType, object[]][] = [
  ['envelope', envelope, envelopes],
  ['queue-instructions', envelope, envelopes],
  ['result', result, [unknown, succeeded]],
  ['rejection', rejection, [samples.rejection]],
  ['contradiction', contradiction, [samples.contradiction]],
  ['notice', notice, [credit, returned]],
  ['queue-results', message, [unknown, succeeded, samples.rejection, samples.contradiction]],
  [
    'queue-notices',
    z.union([notice, bankNotice, sealNotice]),
    [credit, returned, ...samples.bankNotices, samples.seal],
  ],
  ['seal', sealNotice, [samples.seal]],
  ['bank-notice', bankNotice, samples.bankNotices],
  ['question', question, [samples.question]],
  ['queue-questions', question, [samples.question]],
];

const first = envelopes[0];
const bad: [string, string, z.ZodType, object][] = [
  ['a rejection with an outcome', 'rejection', rejection, refused({ outcome: 'failed' })],
  ['a rejection with a version', 'rejection', rejection, refused({ version: 3 })],
  ['the same on the queue', 'queue-results', message, refused({ outcome: 'failed' })],
  ['the same on the queue', 'queue-results', message, refused({ version: 3 })],
  [
    'a credit that is a push',
    'bank-notice',
    bankNotice,
    { ...samples.bankNotices[0], type: 'credit' },
  ],
  ['an amount as a number', 'notice', notice, { ...credit, amount: 100 }],
  ['a notice without a key', 'notice', notice, { ...credit, key: '' }],
  ['a result of version 0', 'result', result, { ...unknown, version: 0 }],
  ['an id with a dash', 'envelope', envelope, { ...first, id: 'a-b' }],
  ['an unknown field', 'envelope', envelope, { ...first, amount: '1.00' }],
  ['a day as a time', 'envelope', envelope, { ...first, createdAt: '2026-09-24' }],
];

describe('good and bad messages', () => {
  it.each(good)('%s: taken by the file and by the code', async (name, schema, messages) => {
    const validate = await validator(name);
    for (const one of messages) {
      expect([validate(one), validate.errors]).toEqual([true, null]);
      expect(schema.safeParse(one).success).toBe(true);
    }
  });

  it.each(bad)('%s: refused by both', async (_name, file, schema, one) => {
    expect((await validator(file))(one)).toBe(false);
    expect(schema.safeParse(one).success).toBe(false);
  });

  it('an instruction names an operation or a transaction, never both or none', async () => {
    const validate = await validator('envelope');
    const { operation: _, ...none } = first ?? {};
    expect(validate(none)).toBe(false);
    expect(validate({ ...none, transaction: 'DLMDETRN' })).toBe(true);
    expect(validate({ ...first, transaction: 'DLMDETRN' })).toBe(false);
  });
});
