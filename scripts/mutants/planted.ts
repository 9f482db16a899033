/**
 * Wrong gateways, each as somebody could have built it. A change names a text that stands exactly once in its
 * file; where the sources move on, the text must move with them. What is changed in a Lua script is changed in the
 * simulated store too, which the simulation has in its place.
 */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Who must find it: the simulation, or real processes. */
export type Hunter = 'simulate' | 'soak';

export interface Mutant {
  readonly name: string;
  /** what it does wrong, and which hazard that is */
  readonly wrong: string;
  readonly hunter: Hunter;
  /** where the soak kills or stops every gateway: it would meet the place too seldom in a minute */
  readonly failpoint?: string;
  readonly changes: readonly Change[];
}

/** The gate before every write looks at the journal; whoever would write twice must have forgotten it too. */
const withoutGate: Change = {
  file: 'src/engine/sending/gate.ts',
  find: "if (known?.written === 'maybe') {",
  put: "if (known?.written === 'maybe' && known.attempt < 0) {",
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'resend-on-timeout',
    wrong: 'an order without an answer goes back to received and is written again (R1)',
    hunter: 'simulate',
    changes: [
      withoutGate,
      {
        file: 'src/engine/sending/follower.ts',
        find: "await this.#settle(held, { type: 'silent', peer: line.peer });\n    const late",
        put: "await this.#settle(held, { type: 'not-written' });\n    const late",
      },
    ],
  },
  {
    name: 'record-after-write',
    wrong: 'the send record is appended behind the write (R5)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/engine/sending/sender.ts',
        find: "    await journal.append(records);\n    failpoint('recorded');",
        put: "    failpoint('recorded');",
      },
      {
        file: 'src/engine/sending/sender.ts',
        find: "    failpoint('written');",
        put: "    failpoint('written');\n    await journal.append(records);",
      },
    ],
  },
  {
    name: 'acknowledge-before-store',
    wrong: 'what the bank sends by itself is acknowledged before it is kept (R16)',
    hunter: 'soak',
    failpoint: 'push-recorded:1',
    changes: [
      {
        file: 'src/engine/pushes/push-desk.ts',
        find: '    void this.#batch\n      .add({ push, packet })',
        put: "    if (push.spec.role !== 'question') {\n      packet.answer(answerPacket(push, surroundingsOf(this.#ctx), { yes: true }));\n    }\n    void new Promise((later) => setTimeout(later, 50))\n      .then(() => this.#ctx.failpoint('push-recorded'))\n      .then(() => this.#batch.add({ push, packet }))",
      },
      {
        file: 'src/engine/pushes/push-desk.ts',
        find: "    failpoint('push-recorded');\n",
        put: '',
      },
    ],
  },
  {
    name: 'stale-epoch-accepted',
    wrong: 'the scripts let a former owner change and claim (R2, R12b)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/store/scripts/shared/base.lua',
        find: 'if onlyOwner and found[2] ~= exact(epoch) then',
        put: 'if onlyOwner and found[2] == false then',
      },
      {
        file: 'scripts/simulate/store/script.ts',
        find: 'if (onlyOwner && epoch !== this.caller.epoch)',
        put: 'if (onlyOwner && epoch === undefined)',
      },
    ],
  },
  {
    name: 'unlisted-is-failed',
    wrong: 'a code that no table lists is read as a refusal (R1)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/protocol/judge.ts',
        find: "    says: rule?.says ?? 'unknown',\n    ...(rule?.ended === undefined ? {} : { ended: rule.ended }),",
        put: "    says: rule === undefined || rule.ended === 'unlisted' ? 'failed' : rule.says,\n    ...(rule?.ended === undefined ? {} : { ended: rule.ended === 'unlisted' ? 'refused' : rule.ended }),",
      },
    ],
  },
  {
    name: 'outbox-moved-before-add',
    wrong: 'an entry leaves the outbox before it is on its queue (R17)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/engine/telling/outbox.ts',
        find: "    failpoint('outcome-recorded');",
        put: "    failpoint('outcome-recorded');\n    const first = entries.at(-1);\n    if (first !== undefined) await store.published(first.at);",
      },
    ],
  },
  {
    name: 'second-serial-after-a-restart',
    wrong: 'an order that was claimed before a restart is sent again under another serial (R8)',
    hunter: 'simulate',
    changes: [
      withoutGate,
      {
        file: 'src/engine/recovery/recovery.ts',
        find: "held = await this.#settler.apply(held, event ?? { type: 'silent', peer: send.peer });",
        put: "held = await this.#settler.apply(held, event ?? { type: 'not-written' });",
      },
      {
        file: 'src/engine/sending/sender.ts',
        find: '      const request = requestFor(this.#ctx, held, freeze);',
        put: "      const again = held.attempt > 1 ? String(held.attempt) : '';\n      const serial = (held.intent.serial ?? '').slice(0, 20 - again.length) + again;\n      const renamed = { ...held, intent: { ...held.intent, ...(serial === '' ? {} : { serial }) } };\n      const request = requestFor(this.#ctx, renamed, freeze);",
      },
    ],
  },
  {
    name: 'unanswered-and-unknown-is-failed',
    wrong:
      'an order that was written and not answered fails when the bank does not know it yet (R1)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/instruction/evidence.ts',
        find: "unanswered: 'failed-by-written-rule',",
        put: "unanswered: 'failed-after-negatives',",
      },
    ],
  },
  {
    name: 'no-of-a-living-owner',
    wrong: 'a frozen owner counts as dead, and its claims without a record as never written (R2)',
    hunter: 'soak',
    failpoint: 'claimed:2:SIGSTOP',
    changes: [
      {
        file: 'src/journal/ownership.ts',
        find: "life === 'dead' || fenced.some(",
        put: "life === 'dead' || life === 'silent' || fenced.some(",
      },
    ],
  },
  {
    name: 'row-cursor',
    wrong: 'a statement is read on behind its last known row (R13)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/engine/credits/sweep.ts',
        find: '      if (told !== entry.digest) marks.push(',
        put: '      const behind = [...known.keys()].some((key) => key >= entry.key);\n      if (told !== entry.digest && !behind) marks.push(',
      },
    ],
  },
  {
    name: 'conflict-as-failed',
    wrong: 'a second request under a known id is told as the end of the first (R6)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/engine/accepting/replies.ts',
        find: 'await this.#reply({ source: source.name, jobId, message: { ...message } });',
        put: "const told = what.why === 'conflict' ? { ...message, type: 'result', version: 9e15, outcome: 'failed', final: true, sent: 'never', reason: 'invalid' } : message;\n    await this.#reply({ source: source.name, jobId, message: { ...told } });",
      },
    ],
  },
  {
    name: 'keep-alive-for-orders',
    wrong: 'orders share a connection whose answers do not name them (R7)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/engine/sending/sender.ts',
        find: 'one.seat.connection.send(one.request, { keep: false })',
        put: 'one.seat.connection.send(one.request, { keep: true })',
      },
      {
        file: 'src/bank/lease.ts',
        find: "if (keep && use === 'order') {",
        put: 'if (keep && !ours) {',
      },
      {
        file: 'src/bank/socket-line.ts',
        find: "use === 'query' ? ready.findLast((wire) => wire.is === 'idle') : undefined",
        put: "ready.findLast((wire) => wire.is === 'idle')",
      },
      {
        file: 'src/engine/sending/follower.ts',
        find: "await this.#answered(held, ended.body, 'direct');\n      seat.connection.close();",
        put: "seat.connection.keep();\n      await this.#answered(held, ended.body, 'direct');",
      },
    ],
  },
  {
    name: 'watermark-at-start-only',
    wrong: 'only a start looks whether Redis went back (R4)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/store/scripts/shared/base.lua',
        find: '  if wm < seen then',
        put: '  if wm < seen and onlyOwner == nil then',
      },
      {
        file: 'scripts/simulate/store/script.ts',
        find: 'if (wm < this.caller.seen) refuse(',
        put: 'if (wm < 0) refuse(',
      },
      withoutGate,
    ],
  },
  {
    name: 'codes-as-numbers',
    wrong:
      'one table for every inquiry, read with Number(stt): no state at all is 0, a success (R10)',
    hunter: 'simulate',
    changes: [
      {
        file: 'src/protocol/judge.ts',
        find: '  inquiry.asInquiry ?? transactionOf(spec, inquiry.transaction).asInquiry;',
        put: "  ['succeeded' as const, 'failed' as const, 'pending' as const].map((says, stt) => ({\n    ...{ says, rows: 'one' as const, when: { 'row.stt': [String(stt)] } },\n  }));",
      },
      {
        file: 'src/protocol/judge.ts',
        find: '  return pattern === value;',
        put: '  return pattern === value || Number(pattern) === Number(value);',
      },
    ],
  },
];
