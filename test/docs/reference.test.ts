/** Goal: the reference pages and the code say the same, in both directions. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { ERRORS } from '../../src/errors.ts';
import { METRIC_PREFIX, METRICS } from '../../src/ops/metric-table.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';
import { settings } from './settings.ts';
import { namedRows, readPage } from './tables.ts';

const hasChinese = (text = ''): boolean => /\p{Script=Han}/u.test(text);

describe('docs/config.md', () => {
  const rows = namedRows(readPage('config'));
  const schema = settings();

  it('has every setting once and no other', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(schema.map(({ path }) => path).sort());
  });

  it.each(schema.map((one) => [one.path, one] as const))(
    'says of %s what the schema says',
    (path, one) => {
      const [type, usual, meaning = '', zh] = rows.find(({ name }) => name === path)?.cells ?? [];
      expect(type).toBe(one.type);
      expect(usual).toBe(one.usual);
      expect(one.meaning).not.toBe('');
      expect(meaning.startsWith(one.meaning)).toBe(true);
      expect(hasChinese(zh)).toBe(true);
    },
  );
});

describe('docs/errors.md', () => {
  const rows = namedRows(readPage('errors'));
  const registry = ERRORS;

  it('has every code once and no other', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(registry).sort());
  });

  it.each(Object.entries(registry))('says of %s what the registry says', (code, one) => {
    const [fault, retry, sentence, todo = '', zh] =
      rows.find(({ name }) => name === code)?.cells ?? [];
    expect({ fault, retry, sentence }).toEqual(one);
    expect(todo.length).toBeGreaterThan(20);
    expect(hasChinese(zh)).toBe(true);
  });
});

describe('docs/metrics.md', () => {
  const page = readPage('metrics');
  const rows = namedRows(page);

  it('has every metric once and no other', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(METRICS).sort());
  });

  it.each(Object.entries(METRICS))('says of %s what the table says', (metric, one) => {
    const [type, labels, meaning, alert = '', zh] =
      rows.find(({ name }) => name === metric)?.cells ?? [];
    expect(type).toBe(one.type);
    expect(labels).toBe(one.labels.map((label) => `\`${label}\``).join(', '));
    expect(meaning).toBe(one.help);
    expect(alert).not.toBe('');
    expect(hasChinese(zh)).toBe(true);
  });

  it('names in its alerts only what is served', async () => {
    const served = await createMetrics().text();
    const families = ['yinqi_process_', 'yinqi_nodejs_'];
    const named = page.match(/yinqi_\w+/g) ?? [];
    for (const name of named.filter((one) => one !== METRIC_PREFIX && !families.includes(one))) {
      expect(served).toContain(`# TYPE ${name} `);
    }
  });

  it('covers all that is served', async () => {
    const served = (await createMetrics().text()).matchAll(/^# TYPE (\S+) /gm);
    for (const [, name = ''] of served) {
      expect(name in METRICS || /^yinqi_(process|nodejs)_/.test(name)).toBe(true);
    }
  });
});

describe('the example config', () => {
  const file = 'deploy/yinqi.example.yaml';

  it('is valid, names no real account and relies on defaults that are safe', () => {
    const text = readFileSync(file, 'utf8');
    const [link] = readConfig(text).links;
    expect(link?.noSuchSerialIsFinal).toBeUndefined();
    const numbers = JSON.stringify(parse(text)).match(/\d{12,}/g) ?? [];
    for (const number of numbers) expect(number).toMatch(/^0+1?$/);
  });
});

describe('the pages', () => {
  const pages = ['config.md', 'errors.md', 'metrics.md'];

  it.each(pages)('%s links only to what is there', (page) => {
    const text = readFileSync(join('docs', page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(() => readFileSync(join(dirname(join('docs', page)), target))).not.toThrow();
    }
  });
});
