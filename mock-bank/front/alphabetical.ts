/**
 * An answer as captured-looking replies are: elements in alphabetical order (upper case first), lists
 * last, rows likewise, with elements that no manual lists. Works on the text, so that it does not depend
 * on what the codec thinks of order. In and out: bytes in GB18030 or a subset of it.
 */
import iconv from 'iconv-lite';

const element = /<([A-Za-z][\w]*)>([^<]*)<\/\1>/g;
const list = /<list name="(\w+)">(.*?)<\/list>/gs;
const row = /<row>(.*?)<\/row>/gs;

const byName = (a: [string, string], b: [string, string]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;

function sorted(inside: string, extra: [string, string][]): string {
  const found = [...inside.matchAll(element)].map(([, name = '', value = '']): [string, string] => [
    name,
    value,
  ]);
  return [...found, ...extra]
    .sort(byName)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
}

export function alphabetical(body: Uint8Array): Uint8Array {
  const text = iconv.decode(body, 'gb18030');
  const start = text.indexOf('<stream>') + '<stream>'.length;
  const end = text.lastIndexOf('</stream>');
  const inside = text.slice(start, end);
  const lists = [...inside.matchAll(list)].map(([, name = '', rows = '']) => {
    const kept = [...rows.matchAll(row)].map(
      ([, fields = '']) => `<row>${sorted(fields, [['CRYTYPE', '01']])}</row>`,
    );
    return `<list name="${name}">${kept.join('')}</list>`;
  });
  const head = sorted(inside.replace(list, ''), [
    ['EXTRA', '模拟'],
    ['reqFlow', '0'],
  ]);
  return iconv.encode(
    `${text.slice(0, start)}${head}${lists.join('')}${text.slice(end)}`,
    'gb18030',
  );
}
