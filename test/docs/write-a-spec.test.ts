/**
 * Goal: whoever follows docs/write-a-spec.md sees what it prints. Its blocks are laid over a copy of the
 * CITIC spec in their order. UPDATE_DOCS=1 writes the printed outputs and the first columns of the
 * reference anew; meanings stay.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { trySpec } from '../../scripts/example/try-spec.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { evaluateAll } from '../../src/protocol/expression.ts';
import { inquiryRulesFor, judge, wantedOf } from '../../src/protocol/judge.ts';
import { fillOwned, plan } from '../../src/protocol/operation.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { yinqi } from '../cli/ground.ts';
import { pageText } from './markdown.ts';
import { type Key, languageKeys } from './spec-language.ts';
import { namedRows } from './tables.ts';

const PAGE = 'docs/write-a-spec.md';
const AS_PRINTED = '/tmp/mybank';
const updating = process.env.UPDATE_DOCS === '1';
const page = pageText(PAGE);

const CODES = ['DLXPCSUB', 'DLXPCQRY'];
const SERIAL = '20260105PC00000000A1';

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(into: unknown, more: unknown): unknown {
  if (!isTree(into) || !isTree(more)) return more;
  const inside = Object.entries(more).map(([key, one]) => [key, merged(into[key], one)]);
  return { ...into, ...Object.fromEntries(inside) };
}

function treeOf(text: string): unknown {
  const read: unknown = parse(text);
  return read;
}

let folder = '';
let copies: string[] = [];
const copyOf = (from: string): string => {
  const to = mkdtempSync(join(tmpdir(), 'yinqi-spec-page-'));
  copies.push(to);
  cpSync(from, to, { recursive: true });
  return to;
};

/** A file of the page, named in the line above its block. */
const blocks = [
  ...page.matchAll(/(New file|Add to) `\.\/([^`]+)`:\n\n```(yaml|xml)\n([\s\S]*?)^```$/gm),
].map(([, how = '', name = '', kind = '', text = '']) => ({ how, name, kind, text }));

function lay(): void {
  for (const { how, kind, name, text } of blocks) {
    const file = join(folder, name);
    if (how === 'Add to') {
      const whole = merged(treeOf(readFileSync(file, 'utf8')), treeOf(text));
      writeFileSync(file, stringify(whole, { aliasDuplicateObjects: false }));
    } else if (kind === 'xml') writeFileSync(file, iconv.encode(text.trimEnd(), 'gbk'));
    else writeFileSync(file, text);
  }
}

beforeAll(() => {
  folder = copyOf('protocol-specs/citic');
  lay();
});
afterAll(() => {
  for (const one of copies) rmSync(one, { recursive: true, force: true });
  copies = [];
});

const outputBlock = (name: string): RegExp =>
  new RegExp(`(^\`\`\`text ${name}\\n)([\\s\\S]*?)(^\`\`\`$)`, 'm');

function rewrite(change: (text: string) => string): void {
  if (updating) writeFileSync(PAGE, change(pageText(PAGE)));
}

/** The output of a step is the text block of that name, with the folder the page speaks of. */
function expectPrinted(name: string, output: string, where: string): void {
  const text = `${output.replaceAll(where, AS_PRINTED).trimEnd()}\n`.replace(/ +$/gm, '');
  const block = outputBlock(name);
  rewrite((whole) => whole.replace(block, (_, open, __, close) => `${open}${text}${close}`));
  expect(block.exec(pageText(PAGE))?.[2]).toBe(text);
}

it('has a block for every file it speaks of', () => {
  const named = [...page.matchAll(/(?:New file|Add to) `\.\/([^`]+)`/g)].map(([, name]) => name);
  expect(blocks.map(({ name }) => name)).toEqual(named);
});

it('loads and lints without a fault', async () => {
  const before = readSpec('protocol-specs/citic');
  const after = readSpec(folder);
  expect(after.transactions.size).toBe(before.transactions.size + 2);
  expect(after.operations.size).toBe(before.operations.size + 2);
  const ran = await yinqi(['spec', 'lint', folder]);
  expect(ran).toMatchObject({ exit: 0, err: '' });
});

it('prints the faults that it plants', async () => {
  const [, name = '', diff = ''] =
    /in `\.\/([^`]+)`:\n\n```diff\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const broken = copyOf(folder);
  const file = join(broken, name);
  const lines = diff.trimEnd().split('\n');
  let text = readFileSync(file, 'utf8');
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('-')) continue;
    expect(text).toContain(`${line.slice(1)}\n`);
    text = text.replace(line.slice(1), () => lines[index + 1]?.slice(1) ?? '');
  }
  writeFileSync(file, text);
  const ran = await yinqi(['spec', 'lint', broken]);
  expect(ran.exit).toBe(1);
  expectPrinted('lint', ran.err, broken);
});

it('prints what describe shows, and no value past its mask', async () => {
  const file = join(folder, 'golden/DLXPCSUB.request.xml');
  const ran = await yinqi(['spec', 'describe', '--spec', folder, file]);
  expect(ran).toMatchObject({ exit: 0, err: '' });
  for (const secret of ['6217000000000000055', '示例采购部', '320.50']) {
    expect(ran.out).not.toContain(secret);
  }
  expectPrinted('describe', ran.out, folder);
});

it('prints what the codec makes of the samples', () => {
  const lines = CODES.flatMap((code) => trySpec(folder, code));
  expect(lines.filter((line) => line.includes('other bytes'))).toEqual([]);
  expectPrinted('try', lines.join('\n'), folder);
});

describe('the operation', () => {
  const body = {
    account: '6217000000000000055',
    accountName: '示例采购部',
    amount: '320.50',
    purpose: 'purchase',
    order: 'PO-7',
  };
  const scope = {
    body,
    link: { userName: 'demo01', mainAccount: '8110700000000000001' },
    serial: SERIAL,
    memo: '备用金',
    day: '20260105',
  };

  it('makes the request of the page', () => {
    const spec = readSpec(folder);
    const operation = spec.operations.get('petty-cash');
    expect(operation).toBeDefined();
    if (operation === undefined) return;
    const owned = Object.fromEntries(
      Object.entries(evaluateAll(spec.protocol.owned, scope)).map(([name, one]) => [
        name,
        String(one),
      ]),
    );
    const values = fillOwned(spec, 'DLXPCSUB', plan(operation, scope), owned);
    const made = encodeRequest(spec, 'DLXPCSUB', values, 'GBK');
    const golden = readFileSync(join(folder, 'golden/DLXPCSUB.request.xml'));
    expect(iconv.decode(Buffer.from(made), 'gbk')).toBe(iconv.decode(golden, 'gbk'));
  });

  it.each([
    [SERIAL, 'succeeded'],
    ['20260105PC00000000A2', 'unknown'],
  ])('is decided by the row of its serial: %s %s', (serial, says) => {
    const spec = readSpec(folder);
    const inquiry = spec.transactions.get('DLXPCSUB')?.inquiry;
    if (typeof inquiry !== 'object') throw new Error('no inquiry');
    const bytes = readFileSync(join(folder, 'golden/DLXPCQRY.answer.xml'));
    const answer = decodeAnswer(spec, inquiry.transaction, bytes);
    const wanted = wantedOf(spec, inquiry.transaction, { clientID: serial });
    expect(Object.keys(inquiry.select ?? {})).toEqual(['clientID']);
    expect(judge(spec, inquiryRulesFor(spec, inquiry) ?? [], answer, wanted).says).toBe(says);
  });
});

describe('the reference', () => {
  const keys = languageKeys();
  const rowOf = ({ name, needed, takes }: Key, meaning: string): string =>
    `| \`${name}\` | ${takes} | ${needed} | ${meaning.replaceAll('|', '\\|')} |`;
  const reference = (text: string): string => text.split('## Reference')[1] ?? '';
  const meanings = new Map(
    namedRows(reference(page)).map(({ cells, name }) => [name, cells[2] ?? '']),
  );

  rewrite((whole) => {
    const head = /(\| key \|.*\n\| ---.*\n)(?:\|.*\n)*/;
    const rows = keys.map((key) => `${rowOf(key, meanings.get(key.name) ?? '')}\n`).join('');
    return whole.replace(head, (_, open) => `${open}${rows}`);
  });

  it('has a row for every key of the schemas and no other', () => {
    const rows = namedRows(reference(pageText(PAGE)));
    expect(rows.map(({ name }) => name)).toEqual(keys.map(({ name }) => name));
  });

  it.each(keys.map((key): [string, Key] => [key.name, key]))(
    'says of %s what it takes',
    (name, key) => {
      const row = namedRows(reference(pageText(PAGE))).find((one) => one.name === name);
      expect(row?.cells.slice(0, 2)).toEqual([key.takes, key.needed]);
      expect(row?.cells[2]).toBeTruthy();
    },
  );
});
