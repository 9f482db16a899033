/**
 * A Description as lines for a terminal. In: what describe() made, already masked. Out: text. Columns
 * are counted as a terminal shows them: a Chinese character takes two.
 *
 *   citic DLMDETRN 强制转账 · Forced transfer · request, 512 bytes
 *     payAccNo  付款账号  ****0011  19/19  payer account no.
 *       ! FIELD_TOO_LONG (21 bytes, at most 19)
 */
import type { DescribedField, Description } from './describing/described.ts';

const isWide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/;

const widthOf = (text: string): number =>
  [...text].reduce((sum, char) => sum + (isWide.test(char) ? 2 : 1), 0);

const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

const lengthText = ({ bytes, bytesMax, state }: DescribedField): string => {
  if (bytes === undefined || state === 'absent') return '';
  return bytesMax === undefined ? String(bytes) : `${bytes}/${bytesMax}`;
};

const valueText = ({ state, shown }: DescribedField): string =>
  state === 'given' || state === 'not in the spec' ? shown : `(${state})`;

function cellsOf(field: DescribedField): string[] {
  const meaning = field.state === 'not in the spec' ? field.state : field.en;
  return [field.path, field.zh, valueText(field), lengthText(field), meaning];
}

export function render(description: Description): string {
  const { bank, code, zh, en, side, bytes, fields, faults } = description;
  const rows = fields.map(cellsOf);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const lines = fields.flatMap((field, index) => {
    const cells = (rows[index] ?? []).map((cell, column) => pad(cell, widths[column] ?? 0));
    return [`  ${cells.join('  ')}`.trimEnd(), ...field.faults.map((fault) => `    ! ${fault}`)];
  });
  return [
    `${bank} ${code} ${zh} · ${en} · ${side}, ${bytes} bytes`,
    ...lines,
    ...faults.map((fault) => `! ${fault}`),
  ].join('\n');
}
