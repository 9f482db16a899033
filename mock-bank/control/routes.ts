/**
 * The control API as one table: method, path, what is taken, what is done. The HTTP server, the functions
 * of a bank in the same process and the client of one in another are all made from it.
 */
import { z } from 'zod';
import { settings } from '../bank/settings.ts';
import { mix, rule } from '../fault-plan.ts';
import { FAULTS } from '../faults.ts';
import { violations } from '../ledger/invariants.ts';
import { type Context, find, InputRefused, refuse } from './context.ts';
import { credit, giveBack, openAccount, payOrder, review, twin } from './doing.ts';
import { outage, strike } from './people.ts';
import * as pushing from './pushing.ts';
import * as pushed from './pushing-shapes.ts';
import * as shapes from './shapes.ts';
import * as views from './views.ts';

type Method = 'GET' | 'POST' | 'DELETE';

export interface Route<S extends z.ZodType, R> {
  readonly method: Method;
  readonly path: string;
  readonly input: S;
  // a method and not a property: any route may stand where a route of anything is wanted
  run(context: Context, input: z.output<S>): R;
}

const route = <S extends z.ZodType, R>(
  method: Method,
  path: string,
  input: S,
  run: Route<S, R>['run'],
): Route<S, R> => ({ method, path, input, run });

const { nothing } = shapes;

type OrderFilter = z.output<typeof shapes.orderFilter>;
const fits =
  ({ serial, transaction, memo }: OrderFilter) =>
  (order: { serial: string; transaction: string; memo: string }): boolean =>
    (serial === undefined || order.serial === serial) &&
    (transaction === undefined || order.transaction === transaction) &&
    (memo === undefined || order.memo.includes(memo));

function regular(pattern: string | undefined): RegExp | undefined {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(pattern);
  } catch {
    throw refuse('pattern', 'is no regular expression');
  }
}

/** The settings with some of them changed; the defaults of the others must not come back. */
function changed(context: Context, given: Record<string, unknown>) {
  const { books } = context.bank;
  const parsed = settings.safeParse({ ...books.settings, ...given });
  if (!parsed.success) throw new InputRefused(faultsOf(parsed.error));
  books.settings = parsed.data;
  return books.settings;
}

export const faultsOf = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return { path: [...issue.path, ...unknown].map(String).join('.'), message: issue.message };
  });

export const ROUTES = {
  injectCredit: route('POST', '/credits', shapes.creditInput, credit),
  credits: route('GET', '/credits', nothing, ({ bank }) => ({
    credits: bank.credits.map(views.creditView),
  })),
  returnPayout: route('POST', '/returns', shapes.returnInput, giveBack),
  payElsewhere: route('POST', '/twin', shapes.twinInput, twin),
  openAccount: route('POST', '/accounts', shapes.accountInput, openAccount),
  payOrder: route('POST', '/gateway-orders', shapes.gatewayOrderInput, payOrder),
  gatewayOrders: route('GET', '/gateway-orders', nothing, ({ bank }) => ({
    orders: [...bank.books.gateway.values()].map(views.gatewayOrderView),
  })),
  review: route('POST', '/reviews', shapes.reviewInput, review),
  reviews: route('GET', '/reviews', nothing, ({ bank }) => ({
    openings: bank.books.ledger
      .accounts()
      .filter(({ state }) => state === '1')
      .map(({ number, name }) => ({ number, name })),
    changes: bank.changes
      .filter(({ waiting }) => waiting)
      .map(({ account, kind }) => ({ account, kind })),
    orders: bank.orders
      .all()
      .filter(({ state }) => state === 'review')
      .map(views.orderView),
  })),
  addMember: route('POST', '/members', pushed.memberInput, pushing.addMember),
  openAtCounter: route('POST', '/openings', pushed.openingInput, pushing.openAtCounter),
  closeAtCounter: route('POST', '/closings', pushed.closingInput, pushing.closeAtCounter),
  bindAtCounter: route('POST', '/bindings', pushed.bindingInput, pushing.bindAtCounter),
  tellDeposit: route('POST', '/deposits', pushed.depositInput, pushing.tellDeposit),
  withdrawAtCounter: route(
    'POST',
    '/withdrawals',
    pushed.withdrawalInput,
    pushing.withdrawAtCounter,
  ),
  askBalance: route('POST', '/questions', pushed.questionInput, pushing.askBalance),
  push: route('POST', '/pushes', pushed.pushInput, pushing.sayAnything),
  repeatPush: route('POST', '/pushes/repeat', pushed.repeatInput, pushing.sayAgain),
  pushes: route('GET', '/pushes', nothing, (context) => ({
    pushes: pushing.pusherOf(context).all().map(pushing.pushView),
  })),
  pushTo: route('POST', '/push-target', pushed.targetInput, (context, target) => {
    pushing.pusherOf(context).target = target;
    return { target };
  }),
  addFault: route('POST', '/faults', rule, ({ plan }, given) => ({ id: plan.add(given) })),
  mixFaults: route('POST', '/faults/mix', mix, ({ plan }, given) => {
    plan.mix(given);
    return { mix: given };
  }),
  faults: route('GET', '/faults', nothing, ({ plan, visitors }) => ({
    met: visitors.met(),
    rules: plan.standing(),
    mix: plan.standingMix(),
    kinds: FAULTS,
  })),
  clearFaults: route('DELETE', '/faults', nothing, ({ plan }) => {
    plan.clear();
    return { rules: plan.standing(), mix: plan.standingMix() };
  }),
  held: route('GET', '/held', nothing, ({ held, clock }) => ({
    held: held.all().map((one) => views.heldView(one, clock.now())),
  })),
  release: route('POST', '/release', shapes.releaseInput, ({ held }, { ids, serial, memo }) => ({
    released: held.release(
      (one) => (ids === undefined || ids.includes(one.id)) && fits({ serial, memo })(one),
    ),
  })),
  strike: route('POST', '/strikes', shapes.strikeInput, strike),
  outage: route('POST', '/outages', shapes.outageInput, outage),
  settings: route('GET', '/settings', nothing, ({ bank }) => bank.settings),
  changeSettings: route('POST', '/settings', z.record(z.string(), z.unknown()), changed),
  ledger: route('GET', '/ledger', nothing, ({ bank: { books } }) => ({
    accounts: books.ledger.accounts().map((account) => views.accountView(books.ledger, account)),
    freezes: books.ledger.freezes().map(views.freezeView),
  })),
  entries: route('GET', '/entries', shapes.entryFilter, (context, { account }) => {
    const only = account === undefined ? undefined : (find(context, account)?.number ?? account);
    return {
      entries: context.bank.books.ledger
        .entries()
        .filter((entry) => only === undefined || entry.account === only)
        .map(views.entryView),
    };
  }),
  executions: route('GET', '/executions', shapes.orderFilter, ({ bank }, filter) => ({
    executions: bank.orders.executions().filter(fits(filter)).map(views.executionView),
  })),
  orders: route('GET', '/orders', shapes.orderFilter, ({ bank }, filter) => ({
    orders: bank.orders.all().map(views.orderView).filter(fits(filter)),
  })),
  obligations: route('GET', '/obligations', shapes.obligationInput, ({ bank }, { pattern }) => ({
    obligations: views.obligations(bank.orders.executions(), regular(pattern)),
  })),
  violations: route('GET', '/violations', nothing, ({ bank, fronts }) => ({
    violations: [...violations(bank.books.ledger), ...fronts.flatMap(({ desk }) => desk.defects)],
  })),
  requests: route('GET', '/requests', nothing, ({ visitors }) => ({
    requests: visitors.all().map(({ at, ...one }) => ({ at: new Date(at).toISOString(), ...one })),
  })),
};

export type Routes = typeof ROUTES;
type Input<N extends keyof Routes> = z.input<Routes[N]['input']>;
type Told<N extends keyof Routes> = ReturnType<Routes[N]['run']>;
type Taking<I, R> = Record<never, never> extends I ? (input?: I) => R : (input: I) => R;

/** The API as functions: of a bank in this process at once, of another as promises. */
export type Control = { readonly [N in keyof Routes]: Taking<Input<N>, Told<N>> };
export type RemoteControl = { readonly [N in keyof Routes]: Taking<Input<N>, Promise<Told<N>>> };

/** Checks the input of any route and runs it, after the bank did what has become due. */
export function run(context: Context, given: Route<z.ZodType, unknown>, input: unknown): unknown {
  const parsed = given.input.safeParse(input ?? {});
  if (!parsed.success) throw new InputRefused(faultsOf(parsed.error));
  context.bank.tick(context.clock.now());
  return given.run(context, parsed.data);
}
