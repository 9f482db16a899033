/** What a soak found, as a page. */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { redisBinary } from '../private-redis.ts';
import type { Outcome } from './run.ts';
import { quantile } from './tally.ts';

export interface Found {
  readonly began: Date;
  readonly seconds: number;
  readonly seed: number;
  readonly rate: number;
  readonly outcomes: readonly Outcome[];
}

const GB = 1_073_741_824;
const KB = 1_024;

const said = (command: string, args: readonly string[]): string =>
  spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';

const table = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const byCount = (counted: Iterable<readonly [string, number]>): [string, number][] =>
  [...counted].map(([name, count]): [string, number] => [name, count]).sort((a, b) => b[1] - a[1]);

function machine(): string {
  const processors = cpus();
  const redis = redisBinary();
  const version = redis === undefined ? 'none' : said(redis, ['--version']).split(' sha')[0];
  return table(
    ['machine', ''],
    [
      ['processors', `${processors.length} × ${processors[0]?.model ?? 'unknown'}`],
      ['memory', `${Math.round(totalmem() / GB)} GB`],
      ['node', process.version],
      ['redis', version ?? ''],
      ['kernel', said('uname', ['-sr'])],
    ],
  );
}

function figures({ outcomes }: Found): string {
  const row = (name: string, of: (one: Outcome) => string | number) => [name, ...outcomes.map(of)];
  return table(
    ['', ...outcomes.map(({ profile }) => `\`${profile}\``)],
    [
      row('instructions', (one) => one.instructions),
      row('business obligations', (one) => one.obligations),
      ...[...(outcomes[0]?.byLink.keys() ?? [])].map((link) =>
        row(`instructions on link \`${link}\``, (one) => one.byLink.get(link) ?? 0),
      ),
      row('credits told, each once', ({ verdict }) => verdict.credits),
      row('ids queued again with the same content', ({ tally }) => tally.repeats),
      row('ids queued again with other content', ({ tally }) => tally.conflicts),
      row('settled by two people', (one) => one.manual),
      row('contradicted', (one) => one.contradicted),
      row('processes killed', (one) => one.kills),
      row('changes of the owner', (one) => one.owned),
      row('settled after the last fault (s)', (one) => Math.round(one.settledAfterMs / 1_000)),
      row('**paid twice**', ({ verdict }) => verdict.paidTwice.length),
      row('**lost**', ({ verdict }) => verdict.lost.length),
      row('**unsettled**', ({ verdict }) => verdict.unsettled.length),
      row('journal (KB)', (one) => Math.round(one.journalBytes / KB)),
      row('journal, bytes per instruction', (one) =>
        Math.round(one.journalBytes / Math.max(1, one.instructions)),
      ),
      row(
        'journal, bytes in a while without work',
        ({ idle }) => `${idle.bytes} in ${idle.seconds} s`,
      ),
      row('the disk that was filled', (one) => one.disk),
    ],
  );
}

function faults({ tally, profile }: Outcome): string {
  const rows = byCount(tally.faults).map(([kind, count]) => [kind, count]);
  const recovered = [...tally.recoveries].map(([kind, ms]) => [
    kind,
    ms.length,
    ...[50, 95, 100].map((share) => Math.round(quantile(ms, share))),
  ]);
  return [
    `### Profile \`${profile}\`: what the tormentor did`,
    table(['fault', 'times'], rows),
    'Until a gateway owns the journal again and a ledger hears something from it:',
    table(
      ['after', 'measured', 'half within (ms)', '95 of 100 within (ms)', 'longest (ms)'],
      recovered,
    ),
  ].join('\n\n');
}

function bank({ bankFaults, profile }: Outcome): string {
  return [
    `### Profile \`${profile}\`: what the banks did wrong`,
    table(['fault', 'requests'], byCount(Object.entries(bankFaults))),
  ].join('\n\n');
}

function processes({ ends, events, lives, profile }: Outcome): string {
  const fatal = byCount([...events].filter(([event]) => event.startsWith('fatal')));
  const long = lives
    .slice(0, 6)
    .map(({ seconds, first, last, most }) => [seconds, first, last, most]);
  return [
    `### Profile \`${profile}\`: the gateways`,
    table(['ended by', 'times'], [...byCount(ends), ...fatal]),
    'Memory of those that lived longest, from half a minute after their start:',
    table(['seconds', 'RSS first (MB)', 'RSS last (MB)', 'RSS most (MB)'], long),
  ].join('\n\n');
}

export function reportOf(found: Found): string {
  const { began, outcomes, rate, seconds, seed } = found;
  const zeros = outcomes.every(({ verdict }) =>
    [verdict.paidTwice, verdict.lost, verdict.unsettled, verdict.broken].every(
      (list) => list.length === 0,
    ),
  );
  return `${[
    '# Soak 长时间折磨测试',
    `\`npm run soak -- --seconds ${seconds} --seed ${seed} --rate ${rate}\`, begun ${began.toISOString()}, of commit \`${said('git', ['rev-parse', 'HEAD'])}\`: **${zeros ? 'nothing paid twice, nothing lost, nothing unsettled' : 'FAILED'}**.`,
    'What it does, and what each figure means: [guarantees.md](guarantees.md).',
    machine(),
    '## Figures',
    figures(found),
    '## Faults',
    ...outcomes.flatMap((one) => [faults(one), bank(one)]),
    '## Processes',
    ...outcomes.map(processes),
  ].join('\n\n')}\n`;
}
