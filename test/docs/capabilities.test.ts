/**
 * docs/capabilities.md says what the specs say: UPDATE_DOCS=1 writes its tables anew, else a difference
 * fails here.
 */
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { banks, matrix, reasons, withoutOperation } from './capability-table.ts';
import { pageText } from './markdown.ts';

const PAGE = 'docs/capabilities.md';
const [BEGIN, END] = ['<!-- from the specs: begin -->', '<!-- from the specs: end -->'];

function halves(text: string): { before: string; inside: string; after: string } {
  const [before = '', rest = ''] = text.split(BEGIN);
  const [inside = '', after = ''] = rest.split(END);
  return { before, inside: inside.trim(), after };
}

it('shows every operation of every bank as its spec has it', () => {
  const wanted = matrix();
  if (process.env.UPDATE_DOCS === '1') {
    const { after, before } = halves(pageText(PAGE));
    writeFileSync(PAGE, `${before}${BEGIN}\n\n${wanted}\n\n${END}${after}`);
  }
  expect(halves(pageText(PAGE)).inside).toBe(wanted);
});

it('says of every transaction without an operation why, and of no other', () => {
  const rest = banks().flatMap((spec) => withoutOperation(spec).map(({ code }) => code));
  expect([...reasons().keys()].sort()).toEqual(rest.sort());
});
