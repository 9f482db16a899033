/** Money from outside, injected at the three banks: on accounts, on nobody's, announced by push, and forged. */
import type { RemoteControl } from '../../mock-bank/control/routes.ts';
import { ADJUSTMENT_ACCOUNT } from '../world/options.ts';
import { FRONT_ACCOUNTS } from './links.ts';
import { type Grounds, smallAmount } from './load.ts';

/** Sum that no real deposit has. */
export const FORGED = '88888.88';
const START = '100000.00';
const SUPERVISED = '15000000000001';
const TWINS_MAX = 3;

export class Injector {
  readonly #control: RemoteControl;
  readonly #at: Grounds;
  readonly #known = new Set<string>();

  constructor(control: RemoteControl, at: Grounds) {
    this.#control = control;
    this.#at = at;
  }

  /** A bank that is frozen or a control that does not answer gets the next one. */
  async next(): Promise<void> {
    const { members, random, trading } = this.#at;
    const kind = random();
    const amount = smallAmount(random);
    const twins = random() < 0.1 ? TWINS_MAX : 1;
    const late = random() < 0.3 ? { visibleAfterMs: Math.floor(random() * 3_000) } : {};
    const among = (accounts: readonly string[]) =>
      accounts[Math.floor(random() * accounts.length)] ?? '';
    if (kind < 0.22) {
      await this.#control.injectCredit({ account: among(members), amount, twins, ...late });
    } else if (kind < 0.34) {
      await this.#control.injectCredit({ account: ADJUSTMENT_ACCOUNT, amount, ...late });
    } else if (kind < 0.48) {
      await this.#control.injectCredit({ account: among(FRONT_ACCOUNTS), amount, twins, ...late });
    } else if (kind < 0.56) {
      // a member takes money out at the bank's counter: the bank asks first (1312)
      const account = among(trading.map((one) => one.account));
      await this.#control.withdrawAtCounter({ account, amount });
    } else if (kind < 0.94) {
      const account = among(trading.map((one) => one.account));
      const copies = Math.floor(random() * 3);
      await this.#control.tellDeposit({ account, amount, twins, copies, ...late });
    } else await this.#forge();
  }

  /** Whoever has an account gets money to pay with; the first credit of each. */
  async feed(): Promise<void> {
    const { members, trading } = this.#at;
    const accounts = [...members, ...FRONT_ACCOUNTS, ...trading.map(({ account }) => account)];
    for (const account of accounts) {
      if (this.#known.has(account)) continue;
      await this.#control.injectCredit({ account, amount: START });
      this.#known.add(account);
    }
  }

  async #forge(): Promise<void> {
    const [member] = this.#at.trading;
    if (member === undefined) return;
    const fields = {
      SupAcctId: SUPERVISED,
      CustAcctId: member.account,
      TranAmount: FORGED,
      InAcctId: '6222000000000000009',
      InAcctIdName: '李付款',
      CcyCode: 'RMB',
      AcctDate: this.#at.today(),
      Reserve: member.code,
    };
    await this.#control.push({ transaction: '1310', fields });
  }
}
