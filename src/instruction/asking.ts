/** What the answer to an inquiry does: the evidence table applied, and evidence against a final. */
import type { Event, Evidence, Moment } from './event.ts';
import { concludeNo, negativeCounts } from './evidence.ts';
import { type Held, isFinal, type Life } from './intent.ts';
import { pauseAfter } from './ladder.ts';
import { lifeWith, proofOf, type Rules, type Step, stepTo, succeed } from './step.ts';

type Inquired = Extract<Event, { type: 'inquired' }>;

/**
 * A final stays; evidence that disagrees is kept and told once. A bank that only has it may still refuse it:
 * such evidence is followed by another look, and a booking by another message.
 */
export function onEvidenceAfterFinal(
  held: Held,
  evidence: Evidence,
  now: Moment,
  rules: Rules,
): Step | undefined {
  const { contradicted, contradictedBy } = held.life;
  const { says } = evidence;
  const disagrees =
    held.phase === 'failed' ? says === 'succeeded' || says === 'pending' : says === 'failed';
  if (!disagrees || says === 'none' || says === 'unknown') return undefined;
  if (contradicted && (contradictedBy !== 'pending' || says === 'pending')) return undefined;
  const life = lifeWith(held.life, { contradicted: true, contradictedBy: says });
  const dueAt = says === 'pending' ? now.wall + rules.ladder.maxMs : null;
  return { ...stepTo(held.phase, life, rules, { dueAt }), contradicts: evidence };
}

/**
 * How long after the last byte a question was asked. Durations rest on one process run: in another run the last
 * byte counts as having left when it is first asked about.
 */
function sinceLastByte(life: Life, askedAt: number, run: string): { life: Life; askedMs: number } {
  if (life.lastByte?.run === run) return { life, askedMs: askedAt - life.lastByte.at };
  return { life: lifeWith(life, { lastByte: { run, at: askedAt }, negatives: 0 }), askedMs: 0 };
}

function onNo(held: Held, asked: Life, event: Inquired, now: Moment, rules: Rules): Step {
  const ended = held.life.ended ?? 'unanswered';
  // never the moment it is read: this process may have stood still since the bank said it
  const askedAt = Math.min(event.askedAt, now.mono);
  const { life, askedMs } = sinceLastByte(asked, askedAt, now.run);
  const rule = rules.noSuchSerialIsFinal;
  const counts = event.peer === held.life.peer && negativeCounts(ended, askedMs, rule);
  const negatives = life.negatives + (counts ? 1 : 0);
  const counted = lifeWith(life, { negatives });
  const allowed = concludeNo(
    ended,
    {
      counted: negatives,
      sinceLastByteMs: askedMs,
      ageMs: now.wall - held.intent.acceptedAt,
    },
    rule,
    rules.ladder,
  );
  const conclusion = allowed === 'failed' && rules.asksOnly ? 'people' : allowed;
  if (conclusion === 'failed' && counts) {
    const failed = lifeWith(counted, {
      reason: 'bank-does-not-know',
      // an answered refusal keeps the bank's own words; otherwise the inquiry's
      ...(ended === 'unlisted' ? { reason: 'refused-by-bank' } : codeOf(event.evidence)),
      proof: proofOf('inquiry', event.evidence.record, rules),
      watchUntil: now.wall + rules.watchForMs,
    });
    return stepTo('failed', failed, rules, { dueAt: now.wall + rules.ladder.maxMs });
  }
  if (conclusion === 'people') {
    const manual = lifeWith(counted, { reason: 'manual', since: counted.since ?? now.wall });
    return stepTo('manual', manual, rules, { dueAt: now.wall + rules.ladder.manualEveryMs });
  }
  const untilRule = rule === undefined ? 0 : Math.max(0, rule.afterMs - askedMs);
  const pause = Math.min(
    pauseAfter(rules.ladder, counted.asked),
    Math.max(untilRule, rules.ladder.firstMs),
  );
  return stay(held, counted, now, rules, pause);
}

const codeOf = (evidence: Evidence) => ({ code: evidence.code, text: evidence.text });

/**
 * In doubt until an inquiry shows it. An accepted change of an account is too: the inquiry sees the account
 * and not the order, so one that was turned down in silence looks for ever like one that is still to come.
 */
const inDoubt = ({ intent, phase }: Held): boolean =>
  phase === 'unknown' || (phase === 'pending' && intent.kind === 'maintenance');

/** Still unknown, pending or with people: look again later; in doubt too long goes to people. */
function stay(held: Held, life: Life, now: Moment, rules: Rules, pause: number): Step {
  const age = now.wall - (life.since ?? now.wall);
  if (held.phase === 'manual' || (inDoubt(held) && age > rules.ladder.manualAfterMs)) {
    const manual = lifeWith(life, { reason: 'manual' });
    return stepTo('manual', manual, rules, { dueAt: now.wall + rules.ladder.manualEveryMs });
  }
  return stepTo(held.phase, life, rules, { dueAt: now.wall + pause });
}

/** A batch of which a part was paid: the bank has it and will say no more, so people are called at once. */
function toPeople(showing: Life, now: Moment, rules: Rules): Step {
  const since = showing.since ?? now.wall;
  const life = lifeWith(showing, { reason: 'manual', sent: 'yes', ended: 'accepted', since });
  return stepTo('manual', life, rules, { dueAt: now.wall + rules.ladder.manualEveryMs });
}

export function onInquired(
  held: Held,
  event: Inquired,
  now: Moment,
  rules: Rules,
): Step | undefined {
  const { evidence } = event;
  if (held.phase === 'received' || held.phase === 'sending' || held.life.completing)
    return undefined;
  if (isFinal(held.phase)) {
    const against = onEvidenceAfterFinal(held, evidence, now, rules);
    if (against !== undefined) return against;
    const again =
      (held.life.watchUntil ?? 0) > now.wall ? now.wall + rules.ladder.manualEveryMs : null;
    return stepTo(held.phase, held.life, rules, { dueAt: again });
  }
  const life = lifeWith(held.life, { asked: held.life.asked + 1 });
  switch (evidence.says) {
    case 'succeeded': {
      const proof = proofOf('inquiry', evidence.record, rules);
      const answer = event.taken === undefined ? life.answer : { ...event.taken, ...life.answer };
      return succeed(lifeWith(life, { ...codeOf(evidence), proof, answer }), now, rules);
    }
    case 'failed': {
      const proof = proofOf('inquiry', evidence.record, rules);
      const failed = lifeWith(life, {
        ...codeOf(evidence),
        proof,
        reason: 'refused-by-bank',
        sent: 'yes',
      });
      return stepTo('failed', failed, rules);
    }
    case 'pending': {
      // the bank has it: an unknown becomes pending, and waits as long as the bank takes. From now on
      // a "no such serial" is the bank denying what it has shown: a matter for people, never a failed
      const has = lifeWith(life, {
        reason: undefined,
        sent: 'yes',
        ended: 'accepted',
        negatives: 0,
      });
      return stepTo('pending', has, rules, {
        dueAt: now.wall + pauseAfter(rules.ladder, has.asked),
      });
    }
    case 'none':
      return onNo(held, life, event, now, rules);
    case 'unknown': {
      // it shows something that no table lists: denials before it are in a row no more
      const showing = lifeWith(life, { negatives: 0 });
      if (evidence.undecidable) return toPeople(showing, now, rules);
      return stay(held, showing, now, rules, pauseAfter(rules.ladder, life.asked));
    }
  }
}
