/** How a fault of the config is told, and the money that two of its links would read. */
import type { LinkConfig } from './config-link.ts';
import type { SafeError } from './errors.ts';

export const fault = (path: string, detail: string): SafeError => ({
  code: 'CONFIG_INVALID',
  sentence: 'the configuration is not valid',
  path,
  detail,
});

/** Money that two links read is told twice: each of them tells it as its own. */
export function readTwice(links: readonly LinkConfig[]): SafeError[] {
  const readers = new Map<string, number>();
  return links.flatMap(({ credits, settings, spec }, i) => {
    // whose accounts these are; a spec that asks for nothing does not say
    const set = Object.entries(settings).sort();
    const customer: [string, string][] = set.length > 0 ? [['settings', JSON.stringify(set)]] : [];
    const accounts = credits.accounts.map((account, n): [string, string] => [
      `credits.accounts.${n}`,
      account,
    ]);
    return [...customer, ...accounts].flatMap(([path, what]) => {
      const key = `${spec} ${what}`;
      const first = readers.get(key);
      readers.set(key, first ?? i);
      if (first === undefined) return [];
      const where = first === i ? 'stands twice' : `links.${first} has the same`;
      return [fault(`links.${i}.${path}`, `${where}: the money that comes in would be told twice`)];
    });
  });
}
