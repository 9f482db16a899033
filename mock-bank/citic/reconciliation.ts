/**
 * DLSESMDN: the file of one clearing date of a settlement account (对账文件). Its real form is unknown; this
 * one is constructed: a first line with account, date and count, then a line for each payment and refund.
 *
 *   8110700000000000005|20260105|2
 *   PAY|M2026010500000000001|1200.00
 *   REFUND|M2026010500000000001|100.00
 */
import { Buffer } from 'node:buffer';
import type { Message } from '../../src/protocol/message.ts';
import { CODES } from '../bank/codes.ts';
import type { Family, Inside } from '../bank/family.ts';
import { type Reply, refused, text } from '../bank/reply.ts';
import { dayOf, instantOf } from '../ledger/calendar.ts';
import { yuan } from '../ledger/money.ts';
import { nothing } from './rows.ts';

function linesOf({ books, orders }: Inside, account: string, date: string): string[] {
  const payments = [...books.gateway.values()]
    .filter((order) => order.kind !== 'bid' && order.state === '01' && order.account === account)
    .filter(({ at }) => dayOf(at) === date)
    .map(({ number, amount }) => `PAY|${number}|${yuan(amount)}`);
  const refunds = orders.all().flatMap(({ booking, movement }) => {
    const mine = movement.refundOf !== undefined && movement.from === account;
    if (booking === undefined || !mine || dayOf(booking.execution.at) !== date) return [];
    return [`REFUND|${movement.refundOf}|${yuan(movement.amount)}`];
  });
  return [...payments, ...refunds];
}

function file(inside: Inside, message: Message, now: number): Reply {
  const { books } = inside;
  const accountNo = text(message, 'accountNo');
  const date = text(message, 'date');
  if (books.ledger.account(accountNo)?.kind !== 'settlement') return refused(CODES.noAccount);
  const begins = instantOf(date, '000000');
  const { emptyFile, fileAfterMs } = books.settings;
  if (begins === undefined || begins + fileAfterMs > now) return nothing(books);
  const lines = linesOf(inside, accountNo, date);
  if (lines.length === 0 && emptyFile === 'refuse') return nothing(books);
  const content = [`${accountNo}|${date}|${lines.length}`, ...lines].join('\n');
  const fileContent = Buffer.from(`${content}\n`, 'ascii').toString('base64');
  return { code: CODES.done, values: { accountNo, date, fileContent } };
}

export const reconciliation: Family = { queries: { DLSESMDN: file } };
