/** What a ledger is told keeps its published shape in every phase, and says nothing that it need not say. */
import { describe, expect, it } from 'vitest';
import {
  contradictionFor,
  entryFor,
  keptBy,
  type Outgoing,
  resultOf,
} from '../../src/engine/telling/telling.ts';
import type { Event } from '../../src/instruction/event.ts';
import { type Held, phase as phases } from '../../src/instruction/intent.ts';
import { contradiction, reason, result } from '../../src/instruction/messages.ts';
import { step } from '../../src/instruction/step.ts';
import { contextWith, heldAs, intentOf, lived, NOW } from './ground.ts';

const ctx = contextWith();

/** Nothing of these may stand in a message: what is paid, from whom, to whom, and why. */
const SECRETS = {
  from: '7110210187000012345',
  to: '7110210187000012352',
  toName: '张三有限公司',
  amount: '98765.43',
  memo: '货款九月',
};
const transfer = intentOf('transfer', SECRETS);
const member = {
  account: SECRETS.to,
  name: SECRETS.toName,
  payout: { account: '6217001234567890123', name: '张三有限公司', sameBank: false },
  openedBy: 'erp:O1',
  since: '20260901',
};
const secret = { ...transfer, member, other: { ...member, account: SECRETS.from } };
const hidden = [...Object.values(SECRETS), member.payout.account];

const proof = { kind: 'inquiry', record: 7, spec: 'spec-digest' } as const;
const answer = { hostNo: '00012', tranAmt: SECRETS.amount };
const whole = lived({ sent: 'yes', code: 'CODE', text: 'text', proof, answer, since: NOW });

describe('a result', () => {
  const reasons = [undefined, ...reason.options];
  const all = phases.options.flatMap((phase) => reasons.map((one) => [phase, one] as const));

  it.each(all)('%s because of %s has the published shape and none of the money', (phase, why) => {
    const life = { ...whole, ...(why && { reason: why }) };
    const message = { ...resultOf(ctx, heldAs(secret, phase, life), NOW), version: 9 };
    expect(result.parse(message)).toEqual(message);
    expect(JSON.parse(JSON.stringify(message))).toEqual(message);
    for (const value of hidden) expect(JSON.stringify(message)).not.toContain(value);
  });

  const outcomes: [phase: Held['phase'], outcome: string, final: boolean][] = [
    ['received', 'unknown', false],
    ['sending', 'unknown', false],
    ['pending', 'pending', false],
    ['unknown', 'unknown', false],
    ['manual', 'unknown', false],
    ['succeeded', 'succeeded', true],
    ['failed', 'failed', true],
  ];
  it.each(outcomes)('%s is told as %s, final: %s', (phase, outcome, final) => {
    expect(resultOf(ctx, heldAs(transfer, phase, whole), NOW)).toMatchObject({ outcome, final });
  });

  it('gives back what the ledger sent to find it again, and the number the bank knows', () => {
    expect(resultOf(ctx, heldAs(transfer, 'succeeded', whole), NOW)).toEqual({
      v: 1,
      type: 'result',
      id: 'A1',
      link: 'citic-main',
      final: true,
      outcome: 'succeeded',
      sent: 'yes',
      code: 'CODE',
      text: 'text',
      serial: '202609240A1B2C3D4E5F',
      at: '2026-09-24T02:00:00.000Z',
      proof,
      businessRef: 'PO-7',
      meta: { user: '12' },
    });
  });

  it('has data only where it was done or is on its way', () => {
    const opening = intentOf('open', { name: SECRETS.toName, payout: member.payout });
    const data = { account: '202609240A1B2C3D4E5F', bankCustomer: '00012' };
    const told = (phase: Held['phase']) => resultOf(ctx, heldAs(opening, phase, whole), NOW).data;
    expect(told('succeeded')).toEqual(data);
    expect(told('pending')).toEqual(data);
    for (const phase of ['unknown', 'manual', 'failed'] as const)
      expect(told(phase)).toBeUndefined();
  });

  it('carries what completed it', () => {
    const frozen = heldAs(intentOf('freeze', {}), 'succeeded', { data: { freezeNumber: '00012' } });
    expect(resultOf(ctx, frozen, NOW).data).toEqual({ freezeNumber: '00012' });
  });
});

describe('what a success leaves behind', () => {
  const payout = member.payout;
  it('a member, with its one payout account', () => {
    const opening = intentOf('open', { name: '张三有限公司', payout });
    const kept = keptBy(ctx, heldAs(opening, 'succeeded', whole));
    expect(kept).toEqual({
      member: {
        account: '202609240A1B2C3D4E5F',
        name: '张三有限公司',
        payout,
        openedBy: 'erp:A1',
        since: '20260924',
      },
    });
  });

  it('a freeze, with the number the bank gave it', () => {
    const freezing = intentOf('freeze', { account: SECRETS.from, amount: '5.00' });
    const held = heldAs(freezing, 'succeeded', { data: { freezeNumber: '00012' } });
    expect(keptBy(ctx, held).freeze).toEqual({
      id: 'erp:A1',
      madeBy: 'freeze',
      holder: SECRETS.from,
      amount: '5.00',
      returnTo: SECRETS.from,
      number: '00012',
    });
  });

  it.each(['pending', 'unknown', 'manual', 'failed'] as const)(
    'nothing while it is %s',
    (phase) => {
      const opening = intentOf('open', { name: '张三有限公司', payout });
      expect(keptBy(ctx, heldAs(opening, phase, whole))).toEqual({});
    },
  );
});

describe('an entry of the outbox', () => {
  const outgoing = (held: Held): Outgoing => JSON.parse(entryFor(ctx, held, NOW).body) as Outgoing;

  it('is named by link and id; its version comes from Redis', () => {
    const { body, ...named } = entryFor(ctx, heldAs(secret, 'failed', whole), NOW);
    expect(named).toEqual({ queue: 'results', source: 'erp', stem: 'r-citic-main.A1' });
    expect(body).not.toContain('version');
  });

  it('goes through the journal if it is final, and not otherwise', () => {
    const final = { id: 'erp:A1', source: 'erp', digest: 'digest' };
    expect(outgoing(heldAs(secret, 'succeeded', whole)).final).toEqual(final);
    expect(outgoing(heldAs(secret, 'failed', whole)).final).toEqual(final);
    for (const phase of ['pending', 'unknown', 'manual'] as const) {
      expect(outgoing(heldAs(secret, phase, whole)).final).toBeUndefined();
    }
  });
});

describe('a contradiction', () => {
  const event: Event = {
    type: 'inquired',
    evidence: { says: 'succeeded', code: 'AAAAAAA', text: 'booked', record: 30 },
    peer: 'fep.invalid:7001',
    askedAt: 0,
  };
  const failed = heldAs(secret, 'failed', { ...whole, reason: 'bank-does-not-know' });
  const next = step(
    failed,
    event,
    { wall: NOW, mono: 0, run: 'run-1' },
    {
      ladder: ctx.link.ladder,
      watchForMs: 1,
      interim: 'all',
      spec: '',
      config: '',
      completes: false,
      hasInquiry: true,
    },
  );

  it('is a message of its own type that names both sides and none of the money', () => {
    if (next === undefined) throw new Error('nothing is contradicted');
    const entry = contradictionFor(ctx, failed, next, NOW);
    expect(entry).toMatchObject({ queue: 'results', source: 'erp', stem: 'c-citic-main.A1' });
    const { message, ...more } = JSON.parse(entry.body) as Outgoing;
    // kept beside it for the journal's record
    expect(more).toEqual({ against: { id: 'erp:A1', source: 'erp' } });
    expect(contradiction.parse({ ...message, version: 9 })).toEqual({
      v: 1,
      type: 'contradicted',
      id: 'A1',
      link: 'citic-main',
      version: 9,
      final: 'failed',
      evidence: 'succeeded',
      code: 'AAAAAAA',
      text: 'booked',
      serial: '202609240A1B2C3D4E5F',
      at: '2026-09-24T02:00:00.000Z',
      proof: { kind: 'inquiry', record: 30 },
    });
    for (const value of hidden) expect(entry.body).not.toContain(value);
  });
});
