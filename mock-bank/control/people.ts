/** What the bank's own people do: look an order up and strike it off when it is not there; restart a front end. */
import type { z } from 'zod';
import { type Context, refuse } from './context.ts';
import type { outageInput, strikeInput } from './shapes.ts';

const OPEN = ['processing', 'scheduled', 'review'];

/**
 * `booked`, `open` (the bank has it and works on it, or a front end holds it) or `struck`: it is not in the
 * books, or was refused, and from now on never will be. For an opening the serial is the account's number.
 */
export function strike({ bank, held }: Context, { serial }: z.output<typeof strikeInput>) {
  const orders = bank.orders.all().filter(({ movement }) => movement.serial === serial);
  const account = bank.books.ledger.account(serial);
  if (orders.some(({ state }) => state === 'booked')) return { is: 'booked' as const };
  if (account !== undefined) {
    return { is: account.state === '1' ? ('open' as const) : ('booked' as const) };
  }
  const waits = orders.some(({ state }) => OPEN.includes(state));
  if (waits || held.all().some((one) => one.serial === serial)) return { is: 'open' as const };
  bank.orders.denials.strike(serial);
  return { is: 'struck' as const };
}

/** The front-end machine is restarted: every connection ends, and nobody listens for so long. */
export function outage({ fronts, clock }: Context, { bank, ms }: z.output<typeof outageInput>) {
  const front = fronts.find(({ desk }) => desk.spec.protocol.bank === bank);
  if (front === undefined) throw refuse('bank', 'no front end of this name');
  if (!front.restart(ms, clock)) throw refuse('bank', 'is down already');
  return { bank, ms };
}
