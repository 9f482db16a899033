/** The three links of a soak, in the two profiles, and who has an account where. */
import type { OtherLink } from '../world/options.ts';
import { LINK, SOURCE } from '../world/options.ts';

export const CITIC = LINK;
export const FRONT = 'front';
export const TRADING = 'trading';

/** As their specs name the banks. */
export const BANKS: ReadonlyMap<string, string> = new Map([
  [CITIC, 'citic'],
  [FRONT, 'reference'],
  [TRADING, 'pingan_trading'],
]);

/** `rule`: the bank keeps its word that a denied serial is never executed. `strict`: nobody has such a word. */
export type Profile = 'rule' | 'strict';

export const PROFILES: readonly Profile[] = ['strict', 'rule'];

/** Of the reference protocol: accounts the bank opened by itself, swept by name. */
export const FRONT_ACCOUNTS = [
  '3110700000000000011',
  '3110700000000000022',
  '3110700000000000033',
  '3110700000000000044',
] as const;
export const FRONT_NAME = '示例会员公司';

const RULE = { afterMs: 1_000, negatives: 2, source: 'mock bank contract' };
const BURST = 200;

/** Minutes made into moments, and a rate that leaves the machine to others. `seconds`: long runs read more rows. */
export function linkSettings(profile: Profile, seconds: number): Record<string, unknown> {
  return {
    interim: 'all',
    connectWithinMs: 2_000,
    answerWithinMs: 1_500,
    halfReadMs: 1_500,
    lateUntilMs: 6_000,
    sendWithinMs: 3_000,
    backoffMaxMs: 1_000,
    ratePerMinute: 3_000,
    burst: BURST,
    window: 4,
    ladder: {
      firstMs: 150,
      maxMs: 1_500,
      manualAfterMs: 20_000,
      manualEveryMs: 3_000,
      negativesMin: 3,
    },
    // a failed order is asked about for so long after: a day would be most of the traffic
    watchForMs: 60_000,
    noSuchSerialIsFinal: profile === 'rule' ? RULE : undefined,
    credits: { roundMs: seconds > 600 ? 20_000 : 2_000 },
  };
}

export function otherLinks(settings: Record<string, unknown>, credits: object): OtherLink[] {
  return [
    {
      name: FRONT,
      spec: 'reference',
      settings: { user: 'yinqi-demo' },
      more: { ...settings, window: 8, credits: { ...credits, accounts: FRONT_ACCOUNTS } },
    },
    {
      name: TRADING,
      spec: 'pingan_trading',
      settings: { qydm: '9001', supAcctId: '15000000000001', tranWebName: '样例商城' },
      listens: true,
      more: { ...settings, publishPushes: 'provisional', questions: SOURCE },
    },
  ];
}

/** A member of the trading network, as the bank opened it at its counter. */
export const tradingMember = (at: number) => ({
  code: `M1000${at}`,
  name: `张样例${at}`,
  idType: '1',
  idCode: `44030019900101000${at}`,
  bound: [{ account: `623058000000000000${at}`, name: `张样例${at}`, bankName: '平安银行' }],
});
