/**
 * A process that is alive for its socket and cannot be killed from here may be declared dead by people who
 * made sure that it can never write again: the machine was switched off, the container was removed. Two
 * of different names have to say so, about this one process; what they said lies beside its socket:
 *
 *   owner-<…>.fence   who said it, why, when
 *
 * It counts only while the process gives no answer: one that speaks is not dead, whoever says so.
 */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FILE_MODE } from './disk.ts';

const saying = z.object({ who: z.string().min(1), why: z.string().min(1), at: z.string() });
/** One person's word that a process can never write again. */
export type Saying = z.infer<typeof saying>;
const record = z.object({ said: z.array(saying) });

/** Two spellings of one name are one person. */
const person = (who: string): string => who.normalize('NFKC').trim().toLowerCase();

const path = (directory: string, name: string): string => join(directory, `${name}.fence`);

/** What was said about it so far; of one person the first word counts. */
export function sayings(directory: string, name: string): readonly Saying[] {
  try {
    const parsed = record.safeParse(JSON.parse(readFileSync(path(directory, name), 'utf8')));
    if (!parsed.success) return [];
    const heard = new Map<string, Saying>();
    for (const one of parsed.data.said) {
      if (!heard.has(person(one.who))) heard.set(person(one.who), one);
    }
    return [...heard.values()];
  } catch {
    return [];
  }
}

export const isFenced = (directory: string, name: string): boolean =>
  sayings(directory, name).length >= 2;

/** Adds one person's word; gives all there are now. A kill in between leaves the file as it was. */
export async function say(
  directory: string,
  name: string,
  word: Saying,
): Promise<readonly Saying[]> {
  const said = [...sayings(directory, name), word];
  const draft = `${path(directory, name)}.draft`;
  await writeFile(draft, JSON.stringify({ said }), { mode: FILE_MODE });
  await rename(draft, path(directory, name));
  return sayings(directory, name);
}
