/** What all runs share: specs, links and the source, read once. */
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { readSpec } from '../../src/spec-directory.ts';

/** Beside the sources, and beside the build. */
const root = import.meta.dirname.replace(/([\\/]dist)?[\\/]scripts[\\/]simulate$/, '');
export const specPath = (name: string): string => join(root, 'protocol-specs', name);

export const citic = readSpec(specPath('citic'));
export const MAIN_ACCOUNT = '8110700000000000001';
export const BUYER = '3110700000000000011';
export const SELLER = '3110700000000000012';

/** Short times: an hour of the real settings is a minute here. */
const link = {
  name: 'citic',
  spec: 'citic',
  host: '127.0.0.1',
  port: 7001,
  businessRefInMemo: true,
  window: 4,
  ratePerMinute: 600_000,
  burst: 10_000,
  connectWithinMs: 1_000,
  answerWithinMs: 3_000,
  lateUntilMs: 20_000,
  halfReadMs: 1_500,
  sendWithinMs: 2_000,
  freeMaxMs: 3_000,
  backoffMaxMs: 500,
  leaseMs: 3_000,
  ladder: {
    firstMs: 500,
    maxMs: 4_000,
    manualAfterMs: 12_000,
    manualEveryMs: 6_000,
    negativesMin: 3,
  },
  settings: {
    userName: 'simulation',
    mainAccount: MAIN_ACCOUNT,
    accountPrefix: '311070000000',
  },
};

const config = readConfig(
  JSON.stringify({
    redis: { socket: '/nowhere' },
    journal: { directory: '/nowhere' },
    links: [link],
    sources: [{ name: 'erp', links: { citic: { operations: ['*'], notices: true } } }],
  }),
);

function first<T>(all: readonly T[]): T {
  const [one] = all;
  if (one === undefined) throw new Error('nothing is configured');
  return one;
}

export const citicLink = first(config.links);
export const source = first(config.sources);
