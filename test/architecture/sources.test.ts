/** A reader of imports that overlooks one would let anything through: what it must see, it sees. */
import { describe, expect, it } from 'vitest';
import { codeOf, importsOf, sourcesUnder } from './sources.ts';

const seen = (text: string): string[] =>
  importsOf('src/a/b.ts', text).map(({ to, typeOnly }) => `${to}${typeOnly ? ' type' : ''}`);

describe('imports', () => {
  const statements: [text: string, to: string][] = [
    ["import { x } from '../c/d.ts';", 'src/c/d.ts'],
    ["import type { X } from './d.ts';", 'src/a/d.ts type'],
    ["import { type X } from './d.ts';", 'src/a/d.ts'],
    ["import {\n  x,\n  y,\n} from '../../mock-bank/z.ts';", 'mock-bank/z.ts'],
    ["import x from 'zod';", 'zod'],
    ["import x, { type Y } from 'zod';", 'zod'],
    ["import * as x from 'node:fs';", 'node:fs'],
    ["import type * as x from 'node:fs';", 'node:fs type'],
    ["import './effect.ts';", 'src/a/effect.ts'],
    ["export { x } from './d.ts';", 'src/a/d.ts'],
    ["export type { X } from './d.ts';", 'src/a/d.ts type'],
    ["export * from './d.ts';", 'src/a/d.ts'],
    ["export * as x from './d.ts';", 'src/a/d.ts'],
    ["const x = await import('./d.ts');", 'src/a/d.ts'],
    ["const x = require('zod');", 'zod'],
    ['const x = await import(name);', '?'],
  ];
  it.each(statements)('%s', (text, to) => {
    expect(seen(text)).toEqual([to]);
  });

  it.each([
    "export const x = 'from';",
    'const text = "import { x } from \'zod\';";',
    "// import { x } from 'zod';",
    'export type X = { from: string };',
    'const here = import.meta.dirname;',
  ])('none in %s', (text) => {
    expect(seen(text)).toEqual([]);
  });

  it('of src are many', () => {
    expect(sourcesUnder('src').flatMap((path) => importsOf(path)).length).toBeGreaterThan(400);
  });
});

describe('code', () => {
  it('is without comments and without what stands in quotes', () => {
    const text = [
      "const a = 'process.env'; // any",
      '/* console.log */ const b = "TS"; /** any */',
      "const c = 'it\\'s any';",
    ].join('\n');
    expect(codeOf(text)).toBe(["const a = '';  ", "  const b = '';  ", "const c = '';"].join('\n'));
    expect(codeOf("f('x'); // y", { strings: true })).toBe("f('x');  ");
  });
});
