/**
 * The mock bank as a process:
 *
 *   node dist/mock-bank/main.js --port 6789 --control 6790 --spec protocol-specs/citic
 *
 * Prints one line of JSON when it listens: {"listening":true,"host":…,"port":…,"control":…,"pid":…}.
 * Its books live as long as the process and no longer. `--state-file` writes them down once, on SIGTERM
 * or SIGINT, to be looked at afterwards; they are never read back.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Faults, safeError } from '../src/errors.ts';
import { settings } from './bank/settings.ts';
import { faultsOf } from './control/routes.ts';
import { type MockBank, type MockBankOptions, startMockBank } from './start.ts';

const usage = `usage: main.js [--host H] [--port P] [--control C] [--spec DIR] [--settings JSON]
               [--main-account N] [--member-prefix N] [--main-balance YUAN] [--seed N] [--state-file FILE]`;

const port = z.coerce.number().int().min(0).max(65_535);
const flags = z.object({
  host: z.string().optional(),
  port: port.default(0),
  control: port.default(0),
  spec: z.string().optional(),
  settings: z.string().default('{}'),
  'main-account': z.string().optional(),
  'member-prefix': z.string().optional(),
  'main-balance': z.string().optional(),
  seed: z.coerce.number().int().optional(),
  'state-file': z.string().optional(),
});

const text = { type: 'string' } as const;
const known = Object.fromEntries(Object.keys(flags.shape).map((name) => [name, text]));

class Wrong extends Error {}

function checked<T>(schema: z.ZodType<T>, data: unknown, what: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error).map(({ path, message }) => `${what}${path}: ${message}`);
  throw new Wrong(faults.join('\n'));
}

function json(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    throw new Wrong('--settings: is no JSON');
  }
}

function read(args: string[]): { options: MockBankOptions; stateFile: string | undefined } {
  let values: unknown;
  try {
    ({ values } = parseArgs({ args, options: known, strict: true }));
  } catch (error) {
    throw new Wrong(`${error instanceof Error ? error.message : 'wrong arguments'}\n${usage}`);
  }
  const given = checked(flags, values, '--');
  return {
    options: {
      host: given.host,
      port: given.port,
      controlPort: given.control,
      spec: given.spec,
      settings: checked(settings, json(given.settings), '--settings '),
      mainAccount: given['main-account'],
      memberPrefix: given['member-prefix'],
      mainBalance: given['main-balance'],
      seed: given.seed,
    },
    stateFile: given['state-file'],
  };
}

/** Everything the oracles ask for, in one file. */
function writeState(file: string, { control }: MockBank): void {
  const { ledger, entries, executions, orders, credits, obligations, violations } = control;
  const parts = [
    ledger(),
    entries(),
    executions(),
    orders(),
    credits(),
    obligations(),
    violations(),
  ];
  writeFileSync(file, `${JSON.stringify(Object.assign({}, ...parts), null, 2)}\n`);
}

/** What went wrong in words: file and path of every fault of a spec, or the system's own message. */
function told(error: unknown): string {
  if (error instanceof Faults) {
    return error.faults.map(({ path = '', detail = '' }) => `${path}: ${detail}`).join('\n');
  }
  const { code, path, detail } = safeError(error);
  return error instanceof Wrong ? error.message : [code, path, detail].filter(Boolean).join(' ');
}

async function main(): Promise<void> {
  const { options, stateFile } = read(process.argv.slice(2));
  const mock = await startMockBank(options);
  const stop = async (): Promise<void> => {
    if (stateFile !== undefined) writeState(stateFile, mock);
    await mock.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  const { host, port: listening, controlPort } = mock;
  const line = { listening: true, host, port: listening, control: controlPort, pid: process.pid };
  console.log(JSON.stringify(line));
}

main().catch((error: unknown) => {
  console.error(told(error));
  process.exitCode = 2;
});
