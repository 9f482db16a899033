/**
 * Rows as aligned lines for people. In: a head and rows of text. Out: lines. Columns are counted as a
 * terminal shows them: a Chinese character takes two. What would act on the terminal is not let through.
 */
const isWide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;

const widthOf = (text: string): number =>
  [...text].reduce((sum, char) => sum + (isWide.test(char) ? 2 : 1), 0);

/** Escape sequences and direction marks of a ledger's or a bank's text stay text. */
export const printable = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) =>
    Math.max(...cells.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** The two largest units: `3d 4h`, `12m 5s`, `40s`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = UNITS.map(([unit, size], i) => {
    const above = UNITS[i - 1]?.[1] ?? Number.POSITIVE_INFINITY;
    return [Math.floor((whole % above) / size), unit] as const;
  });
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(' ');
}
