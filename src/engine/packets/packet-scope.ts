/**
 * What the heads of a packet and the fields the gateway owns may look up: everything its body may, and what
 * belongs to the packet alone.
 */
import { dayOf, timeOf } from '../../instruction/day.ts';
import type { Timers } from '../../timers.ts';
import type { LinkContext } from '../context.ts';

const RANDOM_DIGITS = 12;

/** 20 digits, new for every packet: yyyymmdd, and chance. Never the serial of anything that moves money. */
const referenceOf = (day: string, { random }: Timers): string =>
  day + String(Math.floor(random() * 10 ** RANDOM_DIGITS)).padStart(RANDOM_DIGITS, '0');

function packetOf(ctx: LinkContext): Record<string, string> {
  const now = ctx.clock.now().wall;
  const date = dayOf(now, ctx.link.zone);
  const time = timeOf(now, ctx.link.zone);
  return { reference: referenceOf(date, ctx.timers), date, time, moment: `${date}${time}` };
}

/**
 * `scope` as one request of `code` sees it. A question about an instruction is a packet of its own: it never
 * goes out under the serial of the order it asks about, which the bank would take for the order.
 */
export const ofPacket = (
  ctx: LinkContext,
  code: string,
  scope: Record<string, unknown>,
  serial: string,
): Record<string, unknown> => ({ ...scope, serial, transaction: code, packet: packetOf(ctx) });
