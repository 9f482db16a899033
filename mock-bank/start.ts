/**
 * A mock bank in this process: one or more front ends and the control API, each on a port of its own,
 * before one bank whose books are in memory and nowhere else. What it knows is gone when it is closed.
 */
import { YinqiError } from '../src/errors.ts';
import type { BankSpec } from '../src/protocol/spec.ts';
import { readSpec } from '../src/spec-directory.ts';
import { beginning } from './bank/accounts.ts';
import type { Bank } from './bank/bank.ts';
import { type Settings, settings } from './bank/settings.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Context } from './control/context.ts';
import { localControl } from './control/local.ts';
import type { Control } from './control/routes.ts';
import { controlServer } from './control/server.ts';
import { DIALECTS } from './dialects.ts';
import { FaultPlan } from './fault-plan.ts';
import { Desk } from './front/desk.ts';
import { FrontEnd, portOf } from './front/front-end.ts';
import { Held } from './front/held.ts';
import { Visitors } from './front/visitors.ts';
import { wireOf } from './front/wires.ts';
import type { Target } from './pushes/push.ts';
import { Pusher } from './pushes/pusher.ts';
import { sessionServe } from './reference/serving.ts';

export interface FrontOptions {
  /** the bank's protocol spec, or its folder */
  readonly spec: string | BankSpec;
  /** 0: any free one */
  readonly port?: number | undefined;
}

export interface MockBankOptions {
  /** of the first front end; default `protocol-specs/citic` below the working directory */
  readonly spec?: string | BankSpec | undefined;
  readonly host?: string | undefined;
  /** of the first front end; 0: any free one */
  readonly port?: number | undefined;
  /** further front ends; without `spec` these are all there are */
  readonly fronts?: readonly FrontOptions[] | undefined;
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
  /** the merchant's listener, which the bank connects to by itself */
  readonly pushTo?: Target | undefined;
}

export interface MockBank {
  readonly host: string;
  /** of the first front end */
  readonly port: number;
  /** as each spec names itself → port */
  readonly ports: Readonly<Record<string, number>>;
  readonly controlPort: number;
  /** `http://host:port` of the control API */
  readonly controlUrl: string;
  readonly bank: Bank;
  /** the first one */
  readonly frontEnd: FrontEnd;
  /** every route of the control API as a function: `control.injectCredit({ … })` */
  readonly control: Control;
  /** Ends every connection; what was held is never executed. */
  close(): Promise<void>;
}

type Shared = Pick<Context, 'bank' | 'plan' | 'held' | 'visitors' | 'clock'> & { seed: number };

function frontEndOf(given: string | BankSpec, shared: Shared): FrontEnd {
  const spec = typeof given === 'string' ? readSpec(given) : given;
  const { bank: name } = spec.protocol;
  const dialect = Object.hasOwn(DIALECTS, name) ? DIALECTS[name] : undefined;
  if (dialect === undefined) {
    throw new YinqiError('CONFIG_INVALID', { path: 'spec', detail: 'this bank is not played' });
  }
  const desk = new Desk({ ...shared, spec, dialect });
  const serve = sessionServe(spec, shared.bank, () => shared.clock.now());
  return new FrontEnd({ ...shared, desk, wire: wireOf(spec, shared.bank), serve });
}

/** Of the front ends' specs, the first that knows packets of the bank's own speaks them. */
function pusherOf(
  fronts: readonly FrontEnd[],
  { bank, clock }: Shared,
  target: Target | undefined,
): Pusher | undefined {
  const spec = fronts
    .map(({ desk }) => desk.spec)
    .filter(({ protocol }) => protocol.connection.session === undefined)
    .find(({ transactions }) => [...transactions.values()].some(({ kind }) => kind === 'push'));
  return spec === undefined ? undefined : new Pusher({ spec, bank, clock, target });
}

/** What stands first, and the others. */
function wanted(options: MockBankOptions): [FrontOptions, ...FrontOptions[]] {
  const { spec, port, fronts = [] } = options;
  const [first, ...others] = fronts;
  return spec === undefined && first !== undefined
    ? [first, ...others]
    : [{ spec: spec ?? 'protocol-specs/citic', port }, ...fronts];
}

export async function startMockBank(options: MockBankOptions = {}): Promise<MockBank> {
  const { host = '127.0.0.1', clock = systemClock, seed = 1 } = options;
  const { mainAccount, memberPrefix, mainBalance } = options;
  const at = clock.now();
  const bank = beginning({
    ...{ mainAccount, memberPrefix, mainBalance, at },
    settings: settings.parse(options.settings ?? {}),
  });
  const shared = {
    ...{ bank, clock, seed },
    plan: new FaultPlan(),
    held: new Held(clock),
    visitors: new Visitors(),
  };
  const [firstWanted, ...othersWanted] = wanted(options);
  const frontEnd = frontEndOf(firstWanted.spec, shared);
  const fronts = [frontEnd, ...othersWanted.map(({ spec }) => frontEndOf(spec, shared))];
  const pusher = pusherOf(fronts, shared, options.pushTo);
  const context: Context = { ...shared, fronts, pusher };
  const control = controlServer(context);
  const close = async (): Promise<void> => {
    shared.held.forget();
    pusher?.close();
    await Promise.all(fronts.map((front) => front.close()));
    await control.close();
  };
  const ports: Record<string, number> = {};
  try {
    for (const [index, front] of fronts.entries()) {
      const { port = 0 } = index === 0 ? firstWanted : (othersWanted[index - 1] ?? {});
      ports[front.desk.spec.protocol.bank] = await front.listen(port, host);
    }
    await control.listen({ port: options.controlPort ?? 0, host });
  } catch (error) {
    await close();
    throw error;
  }
  const controlPort = portOf(control.server.address());
  return {
    host,
    port: ports[frontEnd.desk.spec.protocol.bank] ?? 0,
    ports,
    controlPort,
    controlUrl: `http://${host}:${controlPort}`,
    bank,
    frontEnd,
    control: localControl(context),
    close,
  };
}
