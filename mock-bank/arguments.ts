/** The arguments of the mock bank as a process. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { settings } from './bank/settings.ts';
import { faultsOf } from './control/routes.ts';
import type { Target } from './pushes/push.ts';
import type { FrontOptions, MockBankOptions } from './start.ts';

const usage = `usage: main.js [--host H] [--port P] [--control C] [--spec DIR] [--front DIR:PORT]... [--settings JSON]
               [--main-account N] [--member-prefix N] [--main-balance YUAN] [--push-to HOST:PORT]
               [--seed N] [--state-file FILE]`;

const port = z.coerce.number().int().min(0).max(65_535);
const flags = z.object({
  host: z.string().optional(),
  port: port.default(0),
  control: port.default(0),
  spec: z.string().optional(),
  front: z.array(z.string().regex(/^.+:\d{1,5}$/, 'is a folder, a colon and a port')).default([]),
  settings: z.string().default('{}'),
  'main-account': z.string().optional(),
  'member-prefix': z.string().optional(),
  'main-balance': z.string().optional(),
  'push-to': z
    .string()
    .regex(/^.+:\d{1,5}$/, 'is a host, a colon and a port')
    .optional(),
  seed: z.coerce.number().int().optional(),
  'state-file': z.string().optional(),
});

const text = { type: 'string' } as const;
const known = {
  ...Object.fromEntries(Object.keys(flags.shape).map((name) => [name, text])),
  front: { ...text, multiple: true as const },
};

/** `name:port`, where a name may have colons itself */
function split(given: string): [string, number] {
  const colon = given.lastIndexOf(':');
  return [given.slice(0, colon), Number(given.slice(colon + 1))];
}

/** `protocol-specs/pingan_b2bi:7072` */
function front(given: string): FrontOptions {
  const [spec, at] = split(given);
  return { spec, port: at };
}

function target(given: string | undefined): Target | undefined {
  if (given === undefined) return undefined;
  const [host, at] = split(given);
  return { host, port: at };
}

/** Arguments that cannot be taken; the message names each of them. */
export class WrongArguments extends Error {}

function checked<T>(schema: z.ZodType<T>, data: unknown, what: string): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error).map(({ path, message }) => `${what}${path}: ${message}`);
  throw new WrongArguments(faults.join('\n'));
}

function json(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    throw new WrongArguments('--settings: is no JSON');
  }
}

export interface Arguments {
  readonly options: MockBankOptions;
  readonly stateFile: string | undefined;
}

export function readArguments(args: string[]): Arguments {
  let values: unknown;
  try {
    ({ values } = parseArgs({ args, options: known, strict: true }));
  } catch (error) {
    throw new WrongArguments(
      `${error instanceof Error ? error.message : 'wrong arguments'}\n${usage}`,
    );
  }
  const given = checked(flags, values, '--');
  return {
    options: {
      host: given.host,
      port: given.port,
      controlPort: given.control,
      spec: given.spec,
      fronts: given.front.map(front),
      settings: checked(settings, json(given.settings), '--settings '),
      mainAccount: given['main-account'],
      memberPrefix: given['member-prefix'],
      mainBalance: given['main-balance'],
      seed: given.seed,
      pushTo: target(given['push-to']),
    },
    stateFile: given['state-file'],
  };
}
