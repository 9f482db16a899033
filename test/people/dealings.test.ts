/** Goal: nothing is decided by one person, nor about what has moved since it was looked at (R1, R9). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approve,
  type Dealings,
  type Dealt,
  dealingsAfter,
  NO_DEALINGS,
  propose,
  type Standing,
  stateOf,
} from '../../src/people/dealings.ts';
import { personOf, samePerson, tokenDigest } from '../../src/people/persons.ts';

const AT = '2026-11-24T10:00:00.000Z';
const NOW = Date.parse(AT);
const DAY = 86_400_000;
const rules = { approveWithinMs: DAY };
const manual: Standing = { open: true, as: 'manual unanswered attempt 1', version: 7 };
const wish = {
  action: 'resolve' as const,
  subject: 'erp:P1',
  id: 'erp:P1',
  outcome: 'failed' as const,
  who: 'Li Hua',
  evidence: 'the bank wrote so',
};

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.name : 'no error';
  }
  return 'done';
};

/** Dealings after these wishes, numbered 1, 2, 3 … */
function dealt(...wishes: { outcome?: 'succeeded'; who?: string }[]): Dealings {
  return wishes.reduce<Dealings>((dealings, more, i) => {
    const content = propose(dealings, { ...wish, ...more }, manual, NOW, rules);
    return dealingsAfter(dealings, { kind: 'proposal', n: i + 1, at: AT, ...content });
  }, NO_DEALINGS);
}

const approving = (dealings: Dealings, who: string, standing = manual, now = NOW, proposal = 1) =>
  approve(dealings, { proposal, who }, standing, now, rules);

describe('a proposal', () => {
  it('is approved by another person while all stands as it was', () => {
    expect(approving(dealt({}), 'Wang Fang')).toEqual({
      ...wish,
      who: 'Wang Fang',
      proposedBy: 'Li Hua',
      proposal: 1,
      seen: { as: manual.as, version: 7 },
    });
  });

  it.each(['Li Hua', 'li hua', ' LI  HUA ', 'Ｌｉ Ｈｕａ'])(
    'is not approved by the same person, as %s',
    (who) => {
      expect(codeOf(() => approving(dealt({}), who))).toBe('SAME_PERSON');
    },
  );

  it('survives what is asked in vain meanwhile: the version alone is no move', () => {
    expect(approving(dealt({}), 'Wang Fang', { ...manual, version: 9 }).seen.version).toBe(9);
  });

  it.each<[string, Standing, number]>([
    ['moved', { open: true, as: 'pending accepted attempt 1', version: 9 }, NOW],
    ['moved to a final', { open: false, as: 'succeeded', version: 9 }, NOW],
    ['too old', manual, NOW + DAY + 1],
  ])('is void when it has %s', (_what, standing, now) => {
    expect(codeOf(() => approving(dealt({}), 'Wang Fang', standing, now))).toBe('PROPOSAL_VOID');
  });

  it('is void while another says otherwise, until one of them is withdrawn', () => {
    const both = dealt({}, { outcome: 'succeeded', who: 'Wang Fang' });
    expect(codeOf(() => approving(both, 'Wang Fang'))).toBe('PROPOSAL_VOID');
    expect(codeOf(() => approving(both, 'Li Hua', manual, NOW, 2))).toBe('PROPOSAL_VOID');
    const one = dealingsAfter(both, { kind: 'withdrawal', proposal: 2 });
    expect(approving(one, 'Wang Fang').outcome).toBe('failed');
    // nor for ever: what is too old disputes nothing
    const [first] = both.proposals.values();
    if (first === undefined) throw new Error('no proposal');
    const young = dealingsAfter(NO_DEALINGS, { ...first, kind: 'proposal', n: 1, at: AT });
    expect(stateOf(young, first, manual, NOW, rules)).toBe('open');
  });

  it('is not made twice, nor about what is decided', () => {
    expect(codeOf(() => dealt({}, { who: 'Wang Fang' }))).toBe('PROPOSAL_EXISTS');
    const final = { open: false, as: 'succeeded' };
    expect(codeOf(() => propose(NO_DEALINGS, wish, final, NOW, rules))).toBe('NOT_ALLOWED');
  });

  it('is gone once approved or withdrawn', () => {
    for (const kind of ['approval', 'withdrawal'] as const) {
      const none = dealingsAfter(dealt({}), { kind, proposal: 1 });
      expect(codeOf(() => approving(none, 'Wang Fang'))).toBe('PROPOSAL_UNKNOWN');
    }
  });
});

it('R9: whatever people do in whatever order, what is approved has two of them behind it, of one mind', () => {
  const who = fc.constantFrom('A', 'a', 'B', 'C');
  const outcome = fc.constantFrom('succeeded' as const, 'failed' as const);
  const subject = fc.constantFrom('erp:P1', 'erp:P2');
  const act = fc.oneof(
    fc.record({ does: fc.constant('propose' as const), who, outcome, subject }),
    fc.record({
      does: fc.constantFrom('approve' as const, 'withdraw' as const),
      who,
      n: fc.nat(9),
    }),
    fc.record({ does: fc.constant('move' as const), subject, as: fc.constantFrom('x', 'y') }),
    fc.record({ does: fc.constant('wait' as const), ms: fc.nat(DAY) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      let dealings: Dealings = NO_DEALINGS;
      let now = NOW;
      let n = 0;
      const standings = new Map<string, string>();
      const standing = (of: string): Standing => ({ open: true, as: standings.get(of) ?? 'x' });
      const journal: (Dealt & { who?: string })[] = [];
      const write = (record: Dealt) => {
        journal.push(record);
        dealings = dealingsAfter(dealings, record);
      };
      for (const one of acts) {
        n += 1;
        try {
          if (one.does === 'wait') now += one.ms;
          else if (one.does === 'move') standings.set(one.subject, one.as);
          else if (one.does === 'propose') {
            const asked = { ...wish, ...one, does: undefined, id: one.subject };
            const { does: _, ...given } = asked;
            const content = propose(dealings, given, standing(one.subject), now, rules);
            write({ kind: 'proposal', n, at: new Date(now).toISOString(), ...content });
          } else if (one.does === 'withdraw') write({ kind: 'withdrawal', proposal: one.n });
          else {
            const known = dealings.proposals.get(one.n);
            const content = approve(
              dealings,
              { proposal: one.n, who: one.who },
              standing(known?.subject ?? ''),
              now,
              rules,
            );
            if (known === undefined) throw new Error('approved from nothing');
            expect(samePerson(content.who, content.proposedBy)).toBe(false);
            expect(content.proposedBy).toBe(known.who);
            expect(content.seen.as).toBe(known.seen.as);
            expect(now - known.at).toBeLessThanOrEqual(DAY);
            expect(content.outcome).toBe(known.outcome);
            write({ kind: 'approval', proposal: one.n });
          }
        } catch (error) {
          if (!(error instanceof Error) || !/^(PROPOSAL_|SAME_|NOT_)/.test(error.name)) throw error;
        }
      }
      // a start reads the same out of the journal
      expect(journal.reduce(dealingsAfter, NO_DEALINGS)).toEqual(dealings);
    }),
    { numRuns: 300 },
  );
});

describe('a person', () => {
  const people = [{ name: 'Zhang Wei', tokenSha256: tokenDigest('his') }];

  it('is known by name and token, and called as the config writes it', () => {
    expect(personOf(people, ' zhang WEI', 'his')).toBe('Zhang Wei');
  });

  it.each([
    ['zhang wei', 'hers'],
    ['zhang wei', ''],
    ['nobody', 'his'],
  ])('is not %s with %s', (name, token) => {
    expect(codeOf(() => personOf(people, name, token))).toBe('PERSON_UNKNOWN');
  });
});
