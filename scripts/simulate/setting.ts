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
export const SELLER = '3110700000000000022';
/** What the whole bank opens at the beginning. */
export const ACCOUNTS = [
  { number: BUYER, name: '示例买方公司', balance: '100000.00' },
  { number: SELLER, name: '示例卖方公司' },
];

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

/** Reads the seller's statement too, for money that comes in. */
const swept = { roundMs: 4_000, accounts: [SELLER], closeDayAfterMs: 60_000, agreeAfterMs: 8_000 };
/** As a bank would have written it; true of the simulated one where it holds no order back. */
const rule = { afterMs: 3_000, negatives: 2, source: 'contract of the simulated bank' };

function read(more: Record<string, unknown>) {
  const config = readConfig(
    JSON.stringify({
      redis: { socket: '/nowhere' },
      journal: { directory: '/nowhere' },
      links: [{ ...link, ...more }],
      sources: [{ name: 'erp', links: { citic: { operations: ['*'], notices: true } } }],
    }),
  );
  const [only] = config.links;
  const [source] = config.sources;
  if (only === undefined || source === undefined) throw new Error('nothing is configured');
  return { link: only, source };
}

const plain = read({});
export const { source } = plain;
export const citicLink = plain.link;
export const sweptLink = read({ credits: swept }).link;
export const ruledLink = read({ noSuchSerialIsFinal: rule }).link;
export const sweptRuledLink = read({ credits: swept, noSuchSerialIsFinal: rule }).link;
