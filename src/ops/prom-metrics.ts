/** The counts of the daemon as Prometheus reads them. In: calls. Out: the text of the /metrics page. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { looksLikeAccount } from './mask.ts';
import { METRIC_PREFIX, METRICS, type MetricName } from './metric-table.ts';
import type { JournalGauges, LinkGauges, Metrics } from './metrics.ts';

type NameOf<T extends 'counter' | 'gauge' | 'histogram'> = {
  [K in MetricName]: (typeof METRICS)[K]['type'] extends T ? K : never;
}[MetricName];
type Labels = Record<string, string>;

/** Values of one label of one metric; more would be data, and would also fill the memory of Prometheus. */
const VALUES_MAX = 500;

const GAUGES = {
  up: 'yinqi_link_up',
  sending: 'yinqi_link_sending',
  asksOnly: 'yinqi_link_ask_only',
  switch: 'yinqi_link_switch',
  open: 'yinqi_link_open',
  inFlight: 'yinqi_link_in_flight',
  ready: 'yinqi_link_ready',
  doubtful: 'yinqi_link_doubtful',
  oldestUnknownSeconds: 'yinqi_link_oldest_unknown_seconds',
  pending: 'yinqi_link_pending',
  oldestPendingSeconds: 'yinqi_link_oldest_pending_seconds',
  openContradictions: 'yinqi_link_open_contradictions',
  oldestContradictionSeconds: 'yinqi_link_oldest_contradiction_seconds',
  openUnclaimed: 'yinqi_link_open_unclaimed',
  oldestUnclaimedSeconds: 'yinqi_link_oldest_unclaimed_seconds',
  outbox: 'yinqi_link_outbox',
  longestUnsweptSeconds: 'yinqi_link_longest_unswept_seconds',
  awaiting: 'yinqi_link_awaiting_confirmation',
  oldestAwaitingSeconds: 'yinqi_link_oldest_awaiting_seconds',
} as const satisfies Record<keyof LinkGauges, NameOf<'gauge'>>;

const isGauge = (name: string): name is keyof LinkGauges => Object.hasOwn(GAUGES, name);

/** Fails closed: a label value that is no plain name, or one too many, is counted as `other`. */
class LabelGuard {
  readonly #seen = new Map<string, Set<string>>();

  pass(metric: string, labels: Labels): Labels {
    return Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [
        name,
        this.#value(`${metric}.${name}`, value),
      ]),
    );
  }

  #value(label: string, value: string): string {
    if (!/^[\w.:-]{1,64}$/.test(value) || looksLikeAccount(value)) return 'other';
    const seen = this.#seen.get(label) ?? new Set();
    this.#seen.set(label, seen);
    if (!seen.has(value) && seen.size >= VALUES_MAX) return 'other';
    seen.add(value);
    return value;
  }
}

/** The series of one metric, found again by its labels: this is done several times per instruction. */
class Series<S> {
  readonly #known = new Map<string, S>();
  readonly #make: (labels: Labels) => S;

  constructor(make: (labels: Labels) => S) {
    this.#make = make;
  }

  of(labels: Labels): S {
    const key = Object.values(labels).join('\0');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#make(labels);
    // what did not pass has the series of `other`, and must not fill this map instead
    if (this.#known.size < VALUES_MAX) this.#known.set(key, made);
    return made;
  }
}

class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #guard = new LabelGuard();
  readonly #counters = new Map<string, Series<Counter.Internal>>();
  readonly #gauges = new Map<string, Series<Gauge.Internal<string>>>();
  readonly #histograms = new Map<string, Series<Histogram.Internal<string>>>();

  constructor(links: readonly string[]) {
    collectDefaultMetrics({ register: this.#registry, prefix: METRIC_PREFIX });
    for (const [name, row] of Object.entries(METRICS)) {
      const { type, help, labels } = row;
      const base = { name, help, labelNames: [...labels], registers: [this.#registry] };
      const pass = (given: Labels): Labels => this.#guard.pass(name, given);
      if (type === 'counter') {
        const counter = new Counter(base);
        this.#counters.set(name, new Series((given) => counter.labels(pass(given))));
      } else if (type === 'gauge') {
        const gauge = new Gauge(base);
        // one without labels would show a 0 that nobody has measured
        if (labels.length === 0) gauge.remove();
        this.#gauges.set(name, new Series((given) => gauge.labels(pass(given))));
      } else {
        const histogram = new Histogram({ ...base, buckets: [...row.buckets] });
        this.#histograms.set(name, new Series((given) => histogram.labels(pass(given))));
      }
    }
    // a counter that appears with its first event shows no increase: the first alert would be missed
    for (const link of links) {
      this.#count('yinqi_contradictions_total', { link }, 0);
      this.#count('yinqi_unclaimed_answers_total', { link }, 0);
      this.#count('yinqi_throttled_total', { link }, 0);
      this.#count('yinqi_sign_ons_refused_total', { link }, 0);
      for (const from of ['us', 'bank'])
        this.#count('yinqi_sequence_gaps_total', { link, from }, 0);
    }
  }

  accepted(link: string, operation: string): void {
    this.#count('yinqi_instructions_accepted_total', { link, operation });
  }
  rejected(link: string, why: string): void {
    this.#count('yinqi_requests_rejected_total', { link, why });
  }
  settled(link: string, operation: string, outcome: string): void {
    this.#count('yinqi_instructions_settled_total', { link, operation, outcome });
  }
  contradicted(link: string): void {
    this.#count('yinqi_contradictions_total', { link });
  }
  unclaimed(link: string): void {
    this.#count('yinqi_unclaimed_answers_total', { link });
  }
  pushed(link: string, transaction: string, was: string): void {
    this.#count('yinqi_pushes_total', { link, transaction, was });
  }
  turned(link: string, why: string): void {
    this.#count('yinqi_inbound_unanswered_total', { link, why });
  }
  noticed(link: string, kind: string): void {
    this.#count('yinqi_notices_total', { link, kind });
  }
  sequenceGap(link: string, from: string): void {
    this.#count('yinqi_sequence_gaps_total', { link, from });
  }

  signOnRefused(link: string): void {
    this.#count('yinqi_sign_ons_refused_total', { link });
  }

  throttled(link: string): void {
    this.#count('yinqi_throttled_total', { link });
  }
  bankTime(link: string, transaction: string, ms: number): void {
    this.#time('yinqi_bank_seconds', { link, transaction }, ms);
  }
  ownTime(link: string, step: 'accept' | 'send' | 'settle', ms: number): void {
    this.#time('yinqi_own_seconds', { link, step }, ms);
  }
  gauge(link: string, now: Partial<LinkGauges>): void {
    for (const [name, value] of Object.entries(now)) {
      if (value !== undefined && isGauge(name)) this.#set(GAUGES[name], { link }, Number(value));
    }
  }
  backlog(source: string, results: number): void {
    this.#set('yinqi_results_backlog', { source }, results);
  }
  owner(holds: boolean): void {
    this.#set('yinqi_owner', {}, Number(holds));
  }
  ownerFrozen(frozen: boolean): void {
    this.#set('yinqi_owner_frozen', {}, Number(frozen));
  }
  journalDisk(free: number, least: number): void {
    this.#set('yinqi_journal_free_bytes', {}, free);
    this.#set('yinqi_journal_free_bytes_min', {}, least);
  }
  journal({ sealingFails, suspectFiles }: Partial<JournalGauges>): void {
    if (suspectFiles !== undefined) this.#set('yinqi_journal_suspect_files', {}, suspectFiles);
    if (sealingFails !== undefined) {
      this.#set('yinqi_journal_sealing_fails', {}, Number(sealingFails));
    }
  }
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #count(name: NameOf<'counter'>, labels: Labels, by = 1): void {
    this.#counters.get(name)?.of(labels).inc(by);
  }
  #set(name: NameOf<'gauge'>, labels: Labels, value: number): void {
    if (Number.isFinite(value)) this.#gauges.get(name)?.of(labels).set(value);
  }
  #time(name: NameOf<'histogram'>, labels: Labels, ms: number): void {
    if (!(ms >= 0 && Number.isFinite(ms))) return;
    this.#histograms
      .get(name)
      ?.of(labels)
      .observe(ms / 1_000);
  }
}

export const createMetrics = (options: { links?: readonly string[] } = {}): Metrics =>
  new PromMetrics(options.links ?? []);
