/** A sweep of any bank's spec against a bank that the test plays page by page, and a Redis made of maps. */

import { openDays } from '../../src/credits/round.ts';
import { Clock } from '../../src/engine/clock.ts';
import type { LinkContext } from '../../src/engine/context.ts';
import { Sweep } from '../../src/engine/credits/sweep.ts';
import type { Target } from '../../src/engine/credits/target.ts';
import type { Outgoing } from '../../src/engine/telling/telling.ts';
import { dayOf } from '../../src/instruction/day.ts';
import { decodeRequest } from '../../src/protocol/decode.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import type { Message, Values } from '../../src/protocol/message.ts';
import { requestFields } from '../../src/protocol/operation.ts';
import type { BankSpec, SweepSpec } from '../../src/protocol/spec.ts';
import type { EntryMark } from '../../src/store/shapes.ts';
import { contextWith } from './ground.ts';

export type Row = Record<string, string>;

export interface Page {
  readonly rows: readonly Row[];
  /** fields outside the rows */
  readonly fields?: Row;
  /** parts of the head, over those of a success */
  readonly head?: Row;
}

type Told = Record<string, unknown>;

export class StatementBank {
  readonly asked: Row[] = [];
  readonly known = new Map<string, Map<string, string>>();
  readonly states = new Map<string, string>();
  /** serials of orders of ours */
  readonly ours = new Set<string>();
  bank: (asked: Row) => Page = () => ({ rows: [] });
  now = Date.UTC(2026, 8, 24, 2);
  readonly #told: Outgoing[] = [];
  readonly #spec: BankSpec;
  readonly #sweep: SweepSpec;
  readonly #success: Row;
  readonly sweep: Sweep;

  /** `success`: parts of the head of an answer, or fields, that say it is good. */
  constructor(spec: BankSpec, sweep: SweepSpec, settings: Row, success: Row) {
    this.#spec = spec;
    this.#sweep = sweep;
    this.#success = success;
    const { signal } = new AbortController();
    this.sweep = new Sweep(this.#context(settings), sweep, {
      first: true,
      sources: ['erp'],
      signal,
    });
  }

  #context(settings: Row): LinkContext {
    const base = contextWith();
    const quiet = () => undefined;
    const clock = new Clock({ wall: () => this.now, mono: () => 0, run: 'run-1' });
    const connection = {
      close: quiet,
      send: (packet: Uint8Array) => ({
        ended: Promise.resolve({ type: 'answer', body: this.#answer(packet) }),
      }),
    };
    const parts = {
      spec: this.#spec,
      clock,
      link: { ...base.link, settings },
      traffic: { permit: async () => ({ done: quiet, unused: quiet }), passed: quiet },
      line: { connect: async () => connection },
      metrics: { bankTime: quiet, noticed: quiet, unclaimed: quiet },
      log: { error: quiet, warn: quiet },
      store: {
        entries: async (name: string, day: string) => new Map(this.known.get(`${name}|${day}`)),
        mark: async (batch: Parameters<LinkContext['store']['mark']>[0]) => this.#mark(batch),
        forgetDay: async (name: string, day: string) => {
          this.known.delete(`${name}|${day}`);
          this.states.delete(`${name}|${day}`);
        },
      },
      journal: {
        index: {
          ids: () => [],
          bySerial: (_: string, one: string) => (this.ours.has(one) ? 'erp:A1' : undefined),
        },
        lastSend: async () => undefined,
      },
    };
    return contextWith(parts as unknown as Partial<LinkContext>);
  }

  #answer(packet: Uint8Array): Uint8Array {
    const { transaction } = this.#sweep;
    const message: Message = decodeRequest(this.#spec, transaction, packet);
    const asked = requestFields(this.#spec, transaction, message);
    this.asked.push(asked);
    const { rows, fields = {}, head = {} } = this.bank(asked);
    const answer = this.#spec.transactions.get(transaction)?.answer ?? [];
    const [list = ''] = answer.flatMap((part) => ('list' in part ? [part.list] : []));
    const inHead = this.#spec.protocol.framing.type === 'heads';
    const good = { ...this.#success, ...head };
    const values: Values = { ...(inHead ? {} : good), ...fields, [list]: [...rows] };
    return encodeAnswer(this.#spec, transaction, values, 'GBK', inHead ? good : {});
  }

  #mark({
    account,
    day,
    entries,
    state,
  }: {
    account: string;
    day: string;
    entries: readonly EntryMark[];
    state?: string;
  }): void {
    const at = `${account}|${day}`;
    const known = this.known.get(at) ?? new Map<string, string>();
    this.known.set(at, known);
    if (state !== undefined) this.states.set(at, state);
    for (const { key, expect, digest, out } of entries) {
      if ((known.get(key) ?? '') !== expect) throw new Error('judged a day that is not there');
      known.set(key, digest);
      this.#told.push(...out.map(({ body }) => JSON.parse(body) as Outgoing));
    }
  }

  target(): Target {
    const [one, ...more] = this.sweep.targets(new Map(), dayOf(this.now, 'Asia/Shanghai'));
    if (one === undefined || more.length > 0) throw new Error('not one target');
    return one;
  }

  /** What one more round over the open days tells. */
  async round(first = dayOf(this.now, 'Asia/Shanghai')): Promise<{ told: Told[]; whole: boolean }> {
    const target = this.target();
    const known = [...this.states.keys()].map((at) => at.split('|')[1] ?? '');
    const today = dayOf(this.now, 'Asia/Shanghai');
    const { open } = openDays(known, first, today, 31, this.sweep.ranges);
    const before = this.#told.length;
    let whole = true;
    for (const days of this.sweep.together(open)) {
      const read = await this.sweep.read(target, days, this.states, new Map());
      whole = read.whole && whole;
    }
    return { whole, told: this.#told.slice(before).map(({ message }) => message) };
  }
}
