/** The numbers Ping An gives to orders and rows, and the pages its lists come in. */
import type { Message, Row, Values } from '../../src/protocol/message.ts';
import type { Taken } from '../bank/movement.ts';
import { ROWS, text } from '../bank/reply.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import type { Entry } from '../ledger/shapes.ts';

const yymmdd = (at: number): string => dayOf(at).slice(2);

/** FrontLogNo of an order: yymmdd and eight digits, the first a 9. */
export const orderNumber = ({ at, number }: Taken): string =>
  `${yymmdd(at)}9${String(number).padStart(7, '0')}`;

/** FrontLogNo of a row that no order made: the first of the eight digits is a 0. */
export const entryNumber = (entry: Entry): string =>
  `${yymmdd(entry.at)}0${entry.number.slice(-7)}`;

/** hostFlowNo and HostTrace: ten digits of the ledger's own number. */
export const hostNumber = ({ number }: Entry): string => number.slice(-10);

export const stamp = (at: number): string => `${dayOf(at)}${timeOf(at)}`;

const PAGE_ROWS = 20;

/** 20 rows a page (PageNum from 1), with what stands before them. Only what is shown is written as a row. */
export function pageOf<T>(all: readonly T[], message: Message, row: (one: T) => Row): Values {
  const asked = Number(text(message, 'PageNum') || '1');
  const from = (Math.max(1, asked) - 1) * PAGE_ROWS;
  const shown = all.slice(from, from + PAGE_ROWS);
  return {
    TotalCount: String(all.length),
    BeginNum: String(from + 1),
    LastPage: from + PAGE_ROWS >= all.length ? '1' : '0',
    RecordNum: String(shown.length),
    [ROWS]: shown.map(row),
  };
}

/** Rows between two days of the request, both included. */
export const between = (message: Message, from: string, to: string) => (day: string) =>
  day >= text(message, from) && (text(message, to) === '' || day <= text(message, to));
