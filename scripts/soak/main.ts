/**
 * `npm run soak`: real processes under torment, judged per business obligation. Nothing outside this machine.
 *
 *   --seconds N          of torment, in all (default 60); settling comes on top
 *   --seed S             decides load, faults and kills (default 1); timing stays the machine's own
 *   --profile strict     the bank has no written rule about unknown serials: people decide
 *   --profile rule       it has one, and keeps it
 *   --profile both       one after the other, each half of the time (default)
 *   --rate R             instructions a second, about (default 4)
 *   --failpoint F        every gateway dies at this one, or gets a signal there: `claimed:2`, `claimed:2:SIGSTOP`
 *   --report FILE        writes what was found, as a page
 *   --directory D        where logs and journals are left (default .soak)
 *
 * The last line says `soak ok: …` and the exit code is 0, or `soak FAILED: …` and it is 1.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PROFILES, type Profile } from './links.ts';
import { reportOf } from './report.ts';
import { type Outcome, run } from './run.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string', default: 'both' },
    rate: { type: 'string', default: '4' },
    failpoint: { type: 'string' },
    report: { type: 'string' },
    directory: { type: 'string', default: '.soak' },
  },
});

const SAID_MAX = 50;

const say = (line: string): void => {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

const sum = (outcomes: readonly Outcome[], of: (one: Outcome) => number): number =>
  outcomes.reduce((all, one) => all + of(one), 0);

function sayWhich({ profile, verdict }: Outcome): void {
  const { paidTwice, lost, unsettled, broken } = verdict;
  say(
    `${profile}: paidTwice=${paidTwice.length} lost=${lost.length} unsettled=${unsettled.length} broken=${broken.length}`,
  );
  for (const kind of ['paidTwice', 'lost', 'unsettled', 'broken'] as const) {
    for (const one of verdict[kind].slice(0, SAID_MAX)) say(`${profile}: ${kind}: ${one}`);
  }
}

function lastLine(outcomes: readonly Outcome[], seed: number): boolean {
  const total = (of: (one: Outcome) => number) => sum(outcomes, of);
  const paidTwice = total(({ verdict }) => verdict.paidTwice.length);
  const lost = total(({ verdict }) => verdict.lost.length);
  const unsettled = total(({ verdict }) => verdict.unsettled.length);
  const broken = total(({ verdict }) => verdict.broken.length);
  const faults = total(({ tally, bankFaults }) => {
    return tally.faultsInAll + Object.values(bankFaults).reduce((all, one) => all + one, 0);
  });
  const ok = paidTwice + lost + unsettled + broken === 0;
  if (!ok) say(`seed ${seed}; logs and journals are in ${resolve(values.directory)}`);
  const figures = [
    `instructions=${total((one) => one.instructions)}`,
    `credits=${total(({ verdict }) => verdict.credits)}`,
    `faults=${faults}`,
    `kills=${total((one) => one.kills)}`,
    `manual=${total((one) => one.manual)}`,
    `paidTwice=${paidTwice}`,
    `lost=${lost}`,
    `unsettled=${unsettled}`,
    ...(broken > 0 ? [`broken=${broken}`] : []),
  ];
  process.stdout.write(`${ok ? 'soak ok' : 'soak FAILED'}: ${figures.join(' ')}\n`);
  return ok;
}

async function main(): Promise<number> {
  const [seconds, seed, rate] = [Number(values.seconds), Number(values.seed), Number(values.rate)];
  const profiles = PROFILES.filter((one) => ['both', one].includes(values.profile));
  const usable = seconds > 0 && Number.isInteger(seed) && rate > 0 && profiles.length > 0;
  if (!usable) {
    process.stderr.write(
      'soak: --seconds, --seed and --rate are numbers; see scripts/soak/main.ts\n',
    );
    return 2;
  }
  const began = new Date();
  const outcomes: Outcome[] = [];
  for (const profile of profiles) {
    say(`${profile}: ${Math.round(seconds / profiles.length)} s, seed ${seed}`);
    const outcome = await runOne(profile, seconds / profiles.length, seed, rate);
    sayWhich(outcome);
    outcomes.push(outcome);
  }
  if (values.report !== undefined) {
    writeFileSync(values.report, reportOf({ began, seconds, seed, rate, outcomes }));
  }
  const ok = lastLine(outcomes, seed);
  if (ok && values.directory === '.soak') {
    for (const one of profiles)
      rmSync(join(values.directory, one), { recursive: true, force: true });
  }
  return ok ? 0 : 1;
}

const runOne = (profile: Profile, seconds: number, seed: number, rate: number): Promise<Outcome> =>
  run({
    ...{ profile, seconds, seed, rate, say, failpoint: values.failpoint },
    directory: resolve(values.directory, profile),
    root: process.cwd(),
  });

process.exit(await main());
