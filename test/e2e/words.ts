/** What the end-to-end tests say again and again: a file's world, usual bodies, and how the books are compared. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { openingOf } from '../../scripts/world/member.ts';
import { twoPeople } from '../../scripts/world/people.ts';
import type { World } from '../../scripts/world/world.ts';
import { dayOf } from '../../src/instruction/day.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import { COMPILING_MS } from '../support/compiled.ts';
import { executedFor, type Ground, ground, WITHIN_MS } from './ground.ts';

const STOPPING_MS = 60_000;

/** One world for a whole file, and the member accounts every test may use. */
export function worldOfFile(options: Parameters<typeof ground>[0] = {}): () => Ground {
  let at: Ground | undefined;
  beforeAll(async () => {
    at = await ground(options);
  }, COMPILING_MS);
  afterAll(async () => {
    await at?.stop();
  }, STOPPING_MS);
  return () => {
    if (at === undefined) throw new Error('the world of this file is not up');
    return at;
  };
}

export const today = (): string => dayOf(Date.now(), 'Asia/Shanghai');

/** Opened through the gateway, with money from outside. */
export async function openMember(at: Ground, name: string, balance?: string): Promise<string> {
  const result = await at.settle('open', openingOf(name));
  expect(result).toMatchObject({ outcome: 'succeeded' });
  const account = String(result.data?.account);
  if (balance !== undefined) await at.world.control.injectCredit({ account, amount: balance });
  return account;
}

/** An envelope that calls a transaction by the bank's own code. */
export function nativeEnvelope(
  at: Ground,
  id: string,
  transaction: string,
  body: Record<string, unknown>,
): Envelope {
  const { operation: _, ...rest } = at.books.envelope(id, '', body);
  return { ...rest, transaction };
}

/** How often the bank executed what carries this order number. */
export const timesExecuted = async (at: Ground, reference: string): Promise<number> =>
  (await executedFor(at.world, reference)).length;

/** The ledger was told one story, the bank's books are whole, and no order was executed twice. */
export async function expectNothingTwice(at: Ground): Promise<void> {
  const { violations } = await at.world.control.violations();
  const { obligations } = await at.world.control.obligations({ pattern: 'REF-\\w+' });
  const twice = obligations.filter(({ count }) => count > 1);
  expect({ broken: at.books.broken, violations, twice }).toEqual({
    broken: [],
    violations: [],
    twice: [],
  });
}

/** Lines of a log about one event; what is no JSON is left out. */
export function linesOf(file: string, event: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.event === event);
}

export const logged = ({ gatewayLog }: World, event: string): Record<string, unknown>[] =>
  linesOf(gatewayLog, event);

interface Said {
  code: number;
  out: string;
  err: string;
}

function run({ world }: Ground, args: readonly string[], env: Record<string, string>) {
  return new Promise<Said>((resolve) => {
    const all = [world.program, ...args, '--config', world.configPath];
    execFile(process.execPath, all, { env: { ...process.env, ...env } }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, out, err });
    });
  });
}

/** What the compiled command line says, run as a process of its own. */
export const yinqi = (at: Ground, ...args: string[]): Promise<Said> => run(at, args, {});

/** The same with the token of a person. */
export const yinqiAs = (at: Ground, token: string | undefined, ...args: string[]): Promise<Said> =>
  run(at, args, token === undefined ? {} : { YINQI_TOKEN: token });

/** `yinqi resolve …` as one of the people. */
export const decide = (
  at: Ground,
  { name, token }: { readonly name: string; readonly token: string },
  ...args: string[]
): Promise<Said> => run(at, ['resolve', ...args, '--who', name], { YINQI_TOKEN: token });

/** One proposes, the other approves; fails where either is refused. */
export async function byTwo(
  { world }: Ground,
  id: string,
  outcome: 'succeeded' | 'failed',
  evidence: string,
): Promise<void> {
  const people = twoPeople(join(world.journalDirectory, 'admin.sock'));
  const decided = await people.resolve(id, outcome, evidence);
  if (decided === undefined) throw new Error('not decided');
}

/** Waits until the ledger holds any result about `id`, and gives it. */
export async function told(at: Ground, id: string) {
  await until(`anything about ${id}`, () => at.books.resultOf(id) !== undefined, WITHIN_MS);
  return at.books.resultOf(id);
}

/** Records of one kind in the journal, as they stand on the disk: a checksum and JSON a line. */
export function journaled({ world }: Ground, kind: string): Record<string, unknown>[] {
  const directory = world.journalDirectory;
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter((line) => line.includes('{'))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>)
    .filter((record) => record.kind === kind);
}

/** For an admin side whose address a test must know beforehand. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
