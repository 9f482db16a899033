/** What comes out of the scripts: lists of text, checked and put into shapes. Anything else is a defect. */
import { z } from 'zod';
import { YinqiError } from '../errors.ts';
import {
  freeze as freezeShape,
  type Held,
  intent as intentShape,
  life as lifeShape,
  member as memberShape,
  phase as phaseShape,
} from '../instruction/intent.ts';
import type { Accepted, Beat, ChangeResult, Committed, OutRead, Taken, Told } from './shapes.ts';

const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);
const numberOrNull = z.union([z.literal('').transform(() => null), number]);
const whole = z.number().int().nonnegative().safe();
const counter = number.pipe(whole);

const json = z.string().transform((text, at): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    at.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
});

const held = z
  .tuple([
    json.pipe(intentShape),
    z.string(),
    phaseShape,
    json.pipe(lifeShape),
    counter,
    counter,
    counter,
  ])
  .transform(
    ([intent, serial, phase, life, version, attempt, epoch]): Held => ({
      // chosen when it was accepted: the text of the intent may not have it yet
      intent: serial === '' ? intent : { ...intent, serial },
      phase,
      life,
      version,
      attempt,
      epoch,
    }),
  );

const told = z
  .tuple([z.string(), z.string()])
  .transform(([body, version]): Told | undefined =>
    body === '' ? undefined : { body, version: Number(version) },
  );

const accepted = z.union([
  z.tuple([z.literal('new'), counter, z.string()]).transform(
    ([was, version, serial]): Accepted => ({
      was,
      version,
      ...(serial === '' ? {} : { serial }),
    }),
  ),
  z.tuple([z.literal('exists'), held, told]).transform(
    ([was, known, message]): Accepted => ({
      was,
      held: known,
      ...(message === undefined ? {} : { told: message }),
    }),
  ),
  z
    .tuple([z.literal('conflict'), z.string()])
    .transform(([was, digest]): Accepted => ({ was, digest })),
  z.tuple([z.literal('taken')]).transform((): Accepted => ({ was: 'serials-taken' })),
]);

const changed = z.union([
  z
    .tuple([z.literal('yes'), counter])
    .transform(([done, version]): ChangeResult => ({ done, version })),
  z
    .tuple([z.literal('stale'), held.nullable()])
    .transform(([done, now]): ChangeResult => ({ done, ...(now === null ? {} : { held: now }) })),
]);

const committed = z
  .tuple([z.array(changed), z.array(held), counter])
  .transform(([results, claims, ready]): Committed => ({ results, claims, ready }));

const claim = z
  .tuple([z.string(), counter, counter])
  .transform(([id, attempt, epoch]) => ({ id, attempt, epoch }));

const beat = z
  .tuple([
    counter,
    counter,
    numberOrNull,
    z.array(held),
    z.array(claim),
    counter,
    numberOrNull,
    counter,
  ])
  .transform(
    ([time, ready, nextReadyAt, due, sending, count, oldestSince, outbox]): Beat => ({
      time,
      ready,
      nextReadyAt,
      due,
      sending,
      doubtful: { count, oldestSince },
      outbox,
    }),
  );

const pairs = z.array(z.string()).transform((flat) => {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) map.set(flat[i] ?? '', flat[i + 1] ?? '');
  return map;
});

const outFields = z.object({
  queue: z.enum(['results', 'notices', 'questions']),
  source: z.string(),
  stem: z.string(),
  body: z.string(),
  version: counter,
});
const outRead = z
  .tuple([z.string(), pairs.transform((map): unknown => Object.fromEntries(map)).pipe(outFields)])
  .transform(([at, fields]): OutRead => ({ at, ...fields }));

/** As Redis has it: which change said what is nobody's business but that of the scripts. */
const storedMember = memberShape
  .extend({ versions: z.record(z.string(), z.string()).optional() })
  .transform(({ versions: _, ...known }) => known);

const taken = z
  .tuple([counter, z.enum(['', '1']), counter, z.array(z.string()), z.string(), counter])
  .transform(([epoch, behind, time, sending, asks, records]): Taken => {
    const missing = asks === 'own' ? asks : { journal: asks, records };
    const taken = { epoch, rolledBack: behind === '1', time, sending };
    return asks === '' ? taken : { ...taken, asks: missing };
  });

export const answers = {
  taken,
  accepted: z.tuple([z.array(accepted)]).transform(([list]) => list),
  committed,
  beat,
  nothing: z.tuple([]),
  held: z.tuple([held.nullable()]).transform(([one]) => one ?? undefined),
  helds: z.tuple([z.array(held)]).transform(([list]) => list),
  told: z.tuple([told.nullable()]).transform(([one]) => one ?? undefined),
  outbox: z.tuple([z.array(outRead)]).transform(([list]) => list),
  member: z.tuple([json.pipe(storedMember).nullable()]).transform(([one]) => one ?? undefined),
  freeze: z.tuple([json.pipe(freezeShape).nullable()]).transform(([one]) => one ?? undefined),
  members: z
    .tuple([pairs.transform((map) => [...map.values()]).pipe(z.array(json.pipe(storedMember)))])
    .transform(([list]) => list),
  marked: z.tuple([z.array(z.enum(['kept', 'other']))]).transform(([words]) => words),
  pairs: z.tuple([pairs]).transform(([map]) => map),
} as const;

/** Only where in the answer it is wrong is told: the answer itself may hold accounts and names. */
export function decode<Shape extends z.ZodType>(
  shape: Shape,
  answer: readonly unknown[],
): z.output<Shape> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new YinqiError('DEFECT', { path, detail: 'what Redis holds is not what was stored' });
}
