/** Changes and the next claim, one batch. */
import type { Held } from '../../../src/instruction/intent.ts';
import type { Change, ChangeResult, ClaimOrder, Committed } from '../../../src/store/shapes.ts';
import { heldOf, tell } from './accepting.ts';
import { inOrder } from './data.ts';
import { keepMember } from './member.ts';
import { keepRecords } from './owning.ts';
import { refuse, type Script } from './script.ts';
import { offer, promote, release, retire, settled, stand } from './waiting.ts';

/** Expired ones stand among those ready until they are answered; so many are passed over in one claim. */
const SCAN_MAX = 1000;

export function commit(
  script: Script,
  changes: readonly Change[],
  order: ClaimOrder | undefined,
  records: number | undefined,
): Committed {
  for (const { phase, back } of changes) {
    if (phase === 'sending' || (back && phase !== 'received')) refuse('DEFECT', 'arguments');
  }
  script.open(true);
  keepRecords(script, records);
  const applied = changes.map((change) => apply(script, change));
  const ids = order === undefined ? [] : claimOnce(script, order);
  const claims = ids.flatMap((id) => held(script, id) ?? []);
  // where a stale one stands is looked up last: the claim may have moved it
  const results = applied.map((version, at): ChangeResult => {
    if (version !== undefined) return { done: 'yes', version };
    const now = held(script, changes[at]?.id ?? '');
    return { done: 'stale', ...(now === undefined ? {} : { held: now }) };
  });
  return { results, claims, ready: script.part('ready').size };
}

function held(script: Script, id: string): Held | undefined {
  const entry = script.entry(id);
  return entry === undefined ? undefined : heldOf(entry);
}

/** What a repeat is known by: everything it says, and who says it. */
const digestOf = (epoch: number, one: Change): string =>
  JSON.stringify([
    ...[epoch, one.id, one.expect, one.phase, one.life, one.dueAt, one.release, one.back],
    ...[one.message ?? '', one.member ?? '', one.freeze ?? '', one.out],
  ]);

/** The version it made, or had made when it was here before; undefined: stale. */
function apply(script: Script, one: Change): number | undefined {
  const known = script.entry(one.id);
  if (known === undefined) return undefined;
  const change = digestOf(script.caller.epoch, one);
  if (known.version !== one.expect) return known.change === change ? known.changeTo : undefined;
  if (settled(known) && known.phase !== one.phase) refuse('DEFECT', 'final');
  const version = script.raise();
  const { id, phase, life, member, freeze } = one;
  script.set(id, { version, phase, life, change, changeTo: version });
  tell(script, id, one.message, script.emit(one.out, version));
  if (member !== undefined) keepMember(script, member, version);
  if (freeze !== undefined) script.put('freezes', freeze.id, freeze);

  const entry = script.set(id, {});
  const dueAt = one.dueAt ?? (phase === 'received' ? entry.expires : null);
  stand(script, entry, dueAt, life.since);
  if (settled(entry)) retire(script, entry, dueAt);
  else if (one.release) release(script, entry);
  if (one.back) offer(script, script.set(id, {}));
  return version;
}

/** The same claim again is the same work; an older one than the last has nobody waiting for it. */
function claimOnce(script: Script, { seq, n }: ClaimOrder): readonly string[] {
  const { epoch } = script.caller;
  const { asks, claim: last, claimed } = script.meta;
  if (asks !== undefined) refuse('DEFECT', 'asks');
  if (last?.epoch === epoch && seq <= last.seq) return seq === last.seq ? last.ids : [];
  promote(script);
  const ids = claim(script, n);
  script.change({
    claim: { epoch, seq, ids },
    behind: false,
    claimed: claimed || ids.length > 0,
  });
  return ids;
}

function claim(script: Script, n: number): string[] {
  const ids: string[] = [];
  for (const [id] of inOrder(script.part('ready')).slice(0, n + SCAN_MAX)) {
    if (ids.length >= n) break;
    const entry = script.entry(id);
    if (entry?.phase !== 'received') script.put('ready', id, undefined);
    else if (entry.expires > script.now) {
      const { epoch } = script.caller;
      const attempt = entry.attempt + 1;
      const version = script.raise();
      stand(script, script.set(id, { version, phase: 'sending', attempt, epoch }), null);
      ids.push(id);
    }
  }
  return ids;
}
