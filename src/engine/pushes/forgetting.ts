/** What was taken, is settled, or never will be, is not kept for ever: neither in memory nor in Redis. */
import { asked } from '../../pushes/asked.ts';
import { isSettled } from '../../pushes/question.ts';
import type { LinkContext } from '../context.ts';
import type { Desks } from './changes.ts';

const DAY_MS = 86_400_000;
/** No day is read again after the week in which it may be asked for, and no push put back from the journal. */
const TAKEN_DAYS = 9;

export async function forgetOld(ctx: LinkContext, desks: Desks): Promise<void> {
  const waitsMs = (ctx.link.credits.openDaysMax + 1) * DAY_MS;
  const takenMs = TAKEN_DAYS * DAY_MS;
  await oldAwaited(ctx, desks, waitsMs, Math.min(waitsMs, takenMs));
  await oldQuestions(ctx, desks, Math.max(waitsMs, takenMs));
}

async function oldAwaited(
  { clock, link, log, store }: LinkContext,
  { awaiting }: Desks,
  waitsMs: number,
  takenMs: number,
): Promise<void> {
  for (const key of awaiting.stale(clock.now().wall, waitsMs, takenMs)) {
    const kept = awaiting.get(key);
    if (kept === undefined) continue;
    const { what, taken } = kept.record;
    if (what === 'hint' && taken === undefined) {
      log.error('push-never-confirmed', { link: link.name, transaction: kept.record.code });
    }
    await takeAway(store, { part: 'awaited', field: key, expect: kept.text });
    awaiting.drop(key);
  }
}

/** A repeat of one gets no answer from then on, and a ledger's answer to it is refused. */
async function oldQuestions(
  { clock, store }: LinkContext,
  { questions }: Desks,
  settledMs: number,
): Promise<void> {
  for (const [key, text] of await store.pushed('questions')) {
    const { at, state } = asked.parse(JSON.parse(text));
    if (!isSettled(state) || clock.now().wall - at <= settledMs) continue;
    const was = await takeAway(store, { part: 'questions', field: key, expect: text });
    if (was === 'kept') questions.drop(key);
  }
}

/** `kept`: it was as expected, and is in Redis no more. */
async function takeAway(
  store: LinkContext['store'],
  what: { readonly part: 'awaited' | 'questions'; readonly field: string; readonly expect: string },
) {
  const [was] = await store.push([{ guard: { ...what, value: '' }, writes: [], out: [] }]);
  return was;
}
