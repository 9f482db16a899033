/** Which tests carry the number of a hazard or of a promise in their title: `R7: …`, `P1 P4: …`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The beginning of a title: of `it`, of `describe`, or of one that is made for each of a table. */
const TITLE = /(?:\b(?:it|test|describe)|\)|\])\(\s*(['"`])((?:[RP]\d+b?[, ]*)+):/g;

/** number → files, each sorted */
export function testsByNumber(): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const name of readdirSync('test', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts')) continue;
    const text = readFileSync(join('test', name), 'utf8');
    for (const [, , numbers = ''] of text.matchAll(TITLE)) {
      for (const [number] of numbers.matchAll(/[RP]\d+b?/g)) {
        found.set(number, (found.get(number) ?? new Set()).add(`test/${name}`));
      }
    }
  }
  return new Map([...found].map(([number, files]) => [number, [...files].sort()]));
}

export const shownFiles = (files: readonly string[]): string =>
  files.map((file) => `\`${file}\``).join(', ');
