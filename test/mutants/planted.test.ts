/** The wrong gateways of `npm run mutants` can still be built: each change finds its text once. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MUTANTS } from '../../scripts/mutants/planted.ts';

it.each(MUTANTS)('$name is planted once, where its text stands', ({ changes }) => {
  expect(changes.length).toBeGreaterThan(0);
  for (const { file, find } of changes) {
    expect(readFileSync(file, 'utf8').split(find).length - 1, `${file}: ${find}`).toBe(1);
  }
});

it('there are at least twelve, each with a name of its own', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(12);
});

it('the page that promises names each of them', () => {
  const page = readFileSync('docs/guarantees.md', 'utf8');
  const [, behind = ''] = page.split('## The wrong gateways');
  const [section = ''] = behind.split('\n## ');
  const named = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name);
  expect(named).toEqual(MUTANTS.map(({ name }) => name));
});
