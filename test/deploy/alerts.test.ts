/** Goal: no alert is about a metric nobody serves, and nobody is woken without being told what to do. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { METRICS } from '../../src/ops/metric-table.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';
import { anchorsOf } from '../docs/markdown.ts';

const rule = z.strictObject({
  alert: z.string().regex(/^Yinqi[A-Za-z]+$/),
  expr: z.string().min(1),
  for: z
    .string()
    .regex(/^\d+[smh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: z.string().min(10), runbook: z.string() }),
});
const file = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })),
});

const { groups } = file.parse(parse(readFileSync('deploy/prometheus-alerts.yaml', 'utf8')));
const rules = groups.flatMap((group) => group.rules);

/** A histogram is asked for by its parts. */
const metricOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

describe('alert rules', () => {
  it('have a name of their own each', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it.each(rules)('$alert asks only for what is served, by labels it has', async ({ expr }) => {
    const served = await createMetrics().text();
    const named = [...expr.matchAll(/\b(yinqi_\w+)(?:\{([^}]*)\})?/g)];
    expect(named.length > 0 || expr === 'up{job="yinqi"} == 0').toBe(true);
    for (const [, name = '', labels = ''] of named) {
      const known = name in METRICS ? name : metricOf(name);
      expect(served).toContain(`# TYPE ${known} `);
      const has: readonly string[] = METRICS[known as keyof typeof METRICS]?.labels ?? [];
      for (const [, label = ''] of labels.matchAll(/(\w+)\s*(?:=|!=|=~|!~)\s*"/g)) {
        expect(has).toContain(label);
      }
    }
  });

  it.each(rules)('$alert speaks in its summary only of labels it has', ({ expr, annotations }) => {
    const [, kept] = /^(?:\w+\([^(]*)?sum by \(([^)]*)\)/.exec(expr) ?? [];
    const [, name = ''] = /\b(yinqi_\w+)/.exec(expr) ?? [];
    const own: readonly string[] = METRICS[metricOf(name) as keyof typeof METRICS]?.labels ?? [];
    const has = kept?.split(', ') ?? [...own, 'instance'];
    for (const [, label = ''] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) {
      expect(has).toContain(label);
    }
  });

  it('and the paragraphs of docs/operate.md are the same, in the same order', () => {
    const told = anchorsOf('docs/operate.md').filter((anchor) => /^yinqi[a-z]+$/.test(anchor));
    expect(told).toEqual(rules.map(({ alert }) => alert.toLowerCase()));
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/operate.md#${alert.toLowerCase()}`);
    }
  });

  it('cover every metric that the page of metrics calls a must', () => {
    const [, musts = ''] =
      /## The alerts that must exist[^\n]*\n([\s\S]*)/.exec(
        readFileSync('docs/metrics.md', 'utf8'),
      ) ?? [];
    const asked = rules.map(({ expr }) => expr).join('\n');
    for (const [name] of musts.matchAll(/yinqi_\w+/g)) expect(asked).toContain(name);
  });
});
