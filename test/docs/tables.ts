/** The tables of a reference page. In: markdown. Out: rows of cells, code marks taken off the first. */
import { readFileSync } from 'node:fs';

export function readPage(name: string): string {
  return readFileSync(`docs/${name}.md`, 'utf8');
}

/** Rows whose first cell is one name in code marks, wherever they stand on the page. */
export function namedRows(page: string): { name: string; cells: string[] }[] {
  return page.split('\n').flatMap((line) => {
    if (!line.startsWith('| `')) return [];
    // a pipe inside a cell is written \|
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [, name = ''] = /^`([^`]+)`$/.exec(cells[0] ?? '') ?? [];
    return name === ''
      ? []
      : [{ name, cells: cells.slice(1).map((cell) => cell.replace(/\\\|/g, '|')) }];
  });
}
