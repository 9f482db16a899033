/**
 * docs/capabilities.md and the table of docs/operations.md say what the specs say: UPDATE_DOCS=1 writes them
 * anew, else a difference fails here.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { banks, matrix, pageOf, reasons, withoutOperation } from './capability-table.ts';
import { innerLinks, pageText } from './markdown.ts';
import { operationTable } from './operation-table.ts';

const [BEGIN, END] = ['<!-- from the specs: begin -->', '<!-- from the specs: end -->'];

function halves(text: string): { before: string; inside: string; after: string } {
  const [before = '', rest = ''] = text.split(BEGIN);
  const [inside = '', after = ''] = rest.split(END);
  return { before, inside: inside.trim(), after };
}

it.each([
  ['docs/capabilities.md', matrix],
  ['docs/operations.md', operationTable],
])('%s shows every operation of every bank as its spec has it', (page, made) => {
  const wanted = made();
  if (process.env.UPDATE_DOCS === '1') {
    const { after, before } = halves(pageText(page));
    writeFileSync(page, `${before}${BEGIN}\n\n${wanted}\n\n${END}${after}`);
  }
  expect(halves(pageText(page)).inside).toBe(wanted);
});

describe.each(banks().map((spec) => [spec.protocol.bank, spec] as const))('%s', (_, spec) => {
  it('has a page, which docs/operations.md links to', () => {
    expect(existsSync(pageOf(spec)), `${pageOf(spec)} is missing`).toBe(true);
    expect(innerLinks('docs/operations.md').map(({ target }) => target)).toContain(pageOf(spec));
  });

  it('says of every transaction without an operation why, and of no other', () => {
    const rest = withoutOperation(spec).map(({ code }) => code);
    expect([...reasons(spec).keys()].sort()).toEqual(rest.sort());
  });
});
