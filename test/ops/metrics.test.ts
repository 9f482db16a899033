/** Goal: every count lands under its name and labels, in base units, and no label carries data. */
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/ops/metric-table.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';

const ACCOUNT = '6222021234567890123';

const sampleLines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

async function ownSamples(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  // what has no labels is there from the start
  const others = /^yinqi_(process|nodejs|journal)_/;
  return sampleLines(await metrics.text()).filter((line) => !others.test(line));
}

describe('P5: metrics', () => {
  it('count under their names and labels', async () => {
    const metrics = createMetrics();
    metrics.accepted('citic', 'transfer');
    metrics.accepted('citic', 'transfer');
    metrics.rejected('citic', 'conflict');
    metrics.settled('citic', 'transfer', 'succeeded');
    metrics.contradicted('citic');
    metrics.unclaimed('citic');
    metrics.noticed('citic', 'payout-returned');
    metrics.throttled('citic');
    metrics.backlog('erp', 7);
    expect((await ownSamples(metrics)).sort()).toEqual(
      [
        'yinqi_instructions_accepted_total{link="citic",operation="transfer"} 2',
        'yinqi_requests_rejected_total{link="citic",why="conflict"} 1',
        'yinqi_instructions_settled_total{link="citic",operation="transfer",outcome="succeeded"} 1',
        'yinqi_contradictions_total{link="citic"} 1',
        'yinqi_unclaimed_answers_total{link="citic"} 1',
        'yinqi_notices_total{link="citic",kind="payout-returned"} 1',
        'yinqi_throttled_total{link="citic"} 1',
        'yinqi_results_backlog{source="erp"} 7',
      ].sort(),
    );
  });

  it('measure seconds', async () => {
    const metrics = createMetrics();
    metrics.bankTime('citic', 'DLMDETRN', 1_500);
    metrics.ownTime('citic', 'accept', 2);
    metrics.ownTime('citic', 'send', -1);
    metrics.ownTime('citic', 'settle', Number.NaN);
    const text = (await ownSamples(metrics)).join('\n');
    expect(text).toContain('yinqi_bank_seconds_sum{link="citic",transaction="DLMDETRN"} 1.5');
    expect(text).toContain(
      'yinqi_bank_seconds_bucket{le="1",link="citic",transaction="DLMDETRN"} 0',
    );
    expect(text).toContain(
      'yinqi_bank_seconds_bucket{le="2.5",link="citic",transaction="DLMDETRN"} 1',
    );
    expect(text).toContain('yinqi_own_seconds_sum{link="citic",step="accept"} 0.002');
    expect(text).not.toContain('step="send"');
    expect(text).not.toContain('step="settle"');
  });

  it('set only the gauges that are given', async () => {
    const metrics = createMetrics();
    metrics.gauge('citic', { up: true, sending: false, oldestUnknownSeconds: 12.5 });
    metrics.gauge('citic', { up: false });
    expect((await ownSamples(metrics)).sort()).toEqual([
      'yinqi_link_oldest_unknown_seconds{link="citic"} 12.5',
      'yinqi_link_sending{link="citic"} 0',
      'yinqi_link_up{link="citic"} 0',
    ]);
  });

  it('start the counters that page people at zero, so that the first event shows', async () => {
    const samples = await ownSamples(createMetrics({ links: ['citic', 'other'] }));
    expect(samples).toContain('yinqi_contradictions_total{link="citic"} 0');
    expect(samples).toContain('yinqi_unclaimed_answers_total{link="other"} 0');
  });

  it('let no data into a label', async () => {
    const metrics = createMetrics();
    for (const data of [ACCOUNT, '张三丰', 'two words', '', 'x'.repeat(65), `a-${ACCOUNT}`]) {
      metrics.accepted('citic', data);
      metrics.bankTime('citic', data, 1);
      metrics.gauge(data, { up: true });
    }
    const text = await metrics.text();
    expect(text).not.toContain(ACCOUNT);
    expect(text).not.toContain('张三丰');
    expect(text).toContain('yinqi_instructions_accepted_total{link="citic",operation="other"} 6');
  });

  it('bound the values of a label', async () => {
    const metrics = createMetrics();
    for (let i = 0; i < 700; i++) metrics.rejected('citic', `why-${i}`);
    const samples = await ownSamples(metrics);
    expect(samples).toHaveLength(501);
    expect(samples).toContain('yinqi_requests_rejected_total{link="citic",why="other"} 200');
  });

  it('have names, types and units as the table says; two sets do not share counts', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.contradicted('citic');
    expect(await ownSamples(two)).toEqual([]);
    const text = await one.text();
    for (const [name, { type, help }] of Object.entries(METRICS)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
    expect(text).toContain('yinqi_process_resident_memory_bytes');
    expect(text).toContain('yinqi_nodejs_eventloop_lag_seconds');
  });
});
