/**
 * The order book: every money order that came in, what became of it, and every execution. A serial is
 * no key to anything here: the same serial may stand in it many times, because the real rule is unknown
 * and because the oracle counts what was executed per business obligation (the memo), never per serial.
 *
 *   processing ─▶ booked | failed        review ─▶ booked | failed | refused | withdrawn
 */
import type { Entry } from '../ledger/shapes.ts';
import { CODES, type Code } from './codes.ts';
import { Denials } from './denials.ts';
import type { Movement } from './movement.ts';
import type { Settings } from './settings.ts';

export type OrderState =
  | 'processing'
  | 'scheduled'
  | 'review'
  | 'booked'
  | 'failed'
  | 'refused'
  | 'withdrawn';

export interface Order {
  readonly movement: Movement;
  /** counts every order of this bank */
  readonly number: number;
  /** when it came in, and since when DLCIDSTT may see it */
  readonly at: number;
  readonly knownAt: number;
  state: OrderState;
  /** why it failed, or what the row says while it is pending */
  code: Code;
  /** DLCIDSTT answers "processing" this many times more, whatever the clock says */
  asksLeft: number;
  /** not settled before */
  dueAt: number;
  readonly rowsVisibleAfterMs: number;
  /** it is not booked in the end, with this code (fault `processing`) */
  readonly fails?: string;
  /** once it was booked */
  booking?: { readonly execution: Execution; readonly rows: readonly Entry[] };
}

/** One booking of one order: what the oracle counts. */
export interface Execution {
  readonly serial: string;
  readonly transaction: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly memo: string;
  readonly at: number;
  /** 1 the first time this serial was executed, 2 when it was executed again … */
  readonly time: number;
  /** its money came back later (退汇) */
  returned: boolean;
}

export class Orders {
  readonly denials = new Denials();
  readonly #orders: Order[] = [];
  readonly #bySerial = new Map<string, Order[]>();
  readonly #executions: Execution[] = [];
  readonly #times = new Map<string, number>();
  readonly #byRow = new Map<Entry, Order>();

  add(order: Order): Order {
    this.#orders.push(order);
    const { serial } = order.movement;
    const same = this.#bySerial.get(serial);
    if (same === undefined) this.#bySerial.set(serial, [order]);
    else same.push(order);
    return order;
  }

  all(): readonly Order[] {
    return this.#orders;
  }

  executions(): readonly Execution[] {
    return this.#executions;
  }

  /** The last order of that serial; an empty transaction searches all of them, an inquiry those it knows. */
  last(serial: string, transaction: string, inquiry?: string): Order | undefined {
    const found = this.#bySerial
      .get(serial)
      ?.findLast(
        ({ movement }) =>
          (transaction === '' || movement.transaction === transaction) &&
          (inquiry === undefined || (movement.inquiry ?? 'DLCIDSTT') === inquiry),
      );
    if (found === undefined && inquiry !== undefined) this.denials.denied(serial);
    return found;
  }

  /** The order that made a row; undefined for money that nobody ordered here. */
  behind(row: Entry): Order | undefined {
    return this.#byRow.get(row);
  }

  /** Counts the booking of an order and ties it to the rows it made. */
  executed(order: Order, rows: readonly Entry[], at: number): void {
    const { serial, transaction, type, from, to, amount, memo } = order.movement;
    const time = (this.#times.get(serial) ?? 0) + 1;
    this.#times.set(serial, time);
    const returned = false;
    const execution = { serial, transaction, type, from, to, amount, memo, at, time, returned };
    this.#executions.push(execution);
    order.booking = { execution, rows };
    for (const row of rows) this.#byRow.set(row, order);
  }
}

/** What DLCIDSTT says of a state: its flag and its code. */
export function shownState(order: Order, settings: Settings): { stt: string; code: Code } {
  switch (order.state) {
    case 'booked':
      return order.booking?.execution.returned === true && settings.returnedShowsFailed === 'yes'
        ? { stt: '1', code: CODES.returned }
        : { stt: '0', code: CODES.done };
    case 'failed':
      return { stt: '1', code: order.code };
    case 'refused':
      return { stt: '3', code: order.code };
    case 'withdrawn':
      return { stt: '4', code: order.code };
    default:
      return { stt: '2', code: order.code };
  }
}
