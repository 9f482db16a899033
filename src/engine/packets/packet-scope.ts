/** What the heads of a packet may look up: everything its body may, and what belongs to the packet alone. */
import { randomInt } from 'node:crypto';
import { dayOf, timeOf } from '../../instruction/day.ts';
import { headValues } from '../../protocol/framing/head-values.ts';
import type { LinkContext } from '../context.ts';

const RANDOM_DIGITS = 12;

/** 20 digits, new for every packet: yyyymmdd, and chance. Never the serial of anything that moves money. */
const referenceOf = (day: string): string =>
  day + String(randomInt(10 ** RANDOM_DIGITS)).padStart(RANDOM_DIGITS, '0');

function packetOf(ctx: LinkContext): Record<string, string> {
  const now = ctx.clock.now().wall;
  const date = dayOf(now, ctx.link.zone);
  return { reference: referenceOf(date), date, time: timeOf(now, ctx.link.zone) };
}

/**
 * part → value of the heads of one request of `code`. A question about an instruction is a packet of its own:
 * it never goes out under the serial of the order it asks about, which the bank would take for the order.
 */
export function headFor(
  ctx: LinkContext,
  code: string,
  scope: Record<string, unknown>,
  serial: string,
): Record<string, string> {
  const own = { serial, transaction: code, packet: packetOf(ctx) };
  return headValues(ctx.spec, 'request', { ...scope, ...own });
}
