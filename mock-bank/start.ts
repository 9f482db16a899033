/**
 * A mock bank in this process: front end and control API on ports of their own, the books in memory and
 * nowhere else. What it knows is gone when it is closed.
 */
import type { BankSpec } from '../src/protocol/spec.ts';
import { readSpec } from '../src/spec-directory.ts';
import { beginning } from './bank/accounts.ts';
import type { Bank } from './bank/bank.ts';
import { type Settings, settings } from './bank/settings.ts';
import { type Clock, systemClock } from './clock.ts';
import { localControl } from './control/local.ts';
import type { Control } from './control/routes.ts';
import { controlServer } from './control/server.ts';
import { FaultPlan } from './fault-plan.ts';
import { Desk } from './front/desk.ts';
import { FrontEnd, portOf } from './front/front-end.ts';

export interface MockBankOptions {
  /** the bank's protocol spec or its folder; default `protocol-specs/citic` below the working directory */
  readonly spec?: string | BankSpec | undefined;
  readonly host?: string | undefined;
  /** of the front end; 0: any free one */
  readonly port?: number | undefined;
  /** of the control API; 0: any free one */
  readonly controlPort?: number | undefined;
  readonly settings?: Partial<Settings> | undefined;
  readonly mainAccount?: string | undefined;
  readonly memberPrefix?: string | undefined;
  /** yuan on the main account at the start */
  readonly mainBalance?: string | undefined;
  /** of the answer cadence */
  readonly seed?: number | undefined;
  readonly clock?: Clock | undefined;
}

export interface MockBank {
  readonly host: string;
  readonly port: number;
  readonly controlPort: number;
  /** `http://host:port` of the control API */
  readonly controlUrl: string;
  readonly bank: Bank;
  readonly frontEnd: FrontEnd;
  /** every route of the control API as a function: `control.injectCredit({ … })` */
  readonly control: Control;
  /** Ends every connection; what was held is never executed. */
  close(): Promise<void>;
}

export async function startMockBank(options: MockBankOptions = {}): Promise<MockBank> {
  const { host = '127.0.0.1', clock = systemClock } = options;
  const { mainAccount, memberPrefix, mainBalance } = options;
  const { spec: given = 'protocol-specs/citic' } = options;
  const spec = typeof given === 'string' ? readSpec(given) : given;
  const bank = beginning({
    mainAccount,
    memberPrefix,
    mainBalance,
    settings: settings.parse(options.settings ?? {}),
    at: clock.now(),
  });
  const plan = new FaultPlan();
  const desk = new Desk({ bank, plan, spec, clock });
  const frontEnd = new FrontEnd({ desk, clock, seed: options.seed ?? 1 });
  const context = { bank, plan, frontEnd, clock };
  const control = controlServer(context);
  const port = await frontEnd.listen(options.port ?? 0, host);
  try {
    await control.listen({ port: options.controlPort ?? 0, host });
  } catch (error) {
    await frontEnd.close();
    throw error;
  }
  const controlPort = portOf(control.server.address());
  return {
    host,
    port,
    controlPort,
    controlUrl: `http://${host}:${controlPort}`,
    bank,
    frontEnd,
    control: localControl(context),
    close: async () => {
      await frontEnd.close();
      await control.close();
    },
  };
}
