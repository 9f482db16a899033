/** What the shape of a config cannot say: names that must agree, numbers that only make sense together. */
import type { Config } from './config.ts';
import type { SafeError } from './errors.ts';
import { VALIDITY_MS_MAX } from './instruction/envelope.ts';

export const fault = (path: string, detail: string): SafeError => ({
  code: 'CONFIG_INVALID',
  sentence: 'the configuration is not valid',
  path,
  detail,
});

/** What zod cannot see: names that must agree, and numbers that only make sense together. */
export function crossFaults(parsed: Config): SafeError[] {
  const faults: SafeError[] = [];
  const links = new Set(parsed.links.map((one) => one.name));
  if ((parsed.redis.url === undefined) === (parsed.redis.socket === undefined)) {
    faults.push(fault('redis', 'exactly one of url and socket'));
  }
  if (links.size !== parsed.links.length) faults.push(fault('links', 'two links have one name'));
  if (new Set(parsed.sources.map((one) => one.name)).size !== parsed.sources.length) {
    faults.push(fault('sources', 'two sources have one name'));
  }
  if (parsed.retentionMs < VALIDITY_MS_MAX + 24 * 3_600_000) {
    faults.push(
      fault(
        'retentionMs',
        `at least ${VALIDITY_MS_MAX + 24 * 3_600_000}: an id must outlive its replay`,
      ),
    );
  }
  parsed.sources.forEach((one, i) => {
    for (const wanted of Object.keys(one.links)) {
      if (!links.has(wanted))
        faults.push(fault(`sources.${i}.links`, `no link is named ${wanted}`));
    }
  });
  parsed.links.forEach((one, i) => {
    const needsTwo = one.ratePerMinute < 2;
    if (needsTwo)
      faults.push(fault(`links.${i}.ratePerMinute`, 'an order needs its inquiry: at least 2'));
    try {
      new Intl.DateTimeFormat('en', { timeZone: one.zone });
    } catch {
      faults.push(fault(`links.${i}.zone`, 'no time zone of this name'));
    }
    if (one.lateUntilMs < one.answerWithinMs)
      faults.push(fault(`links.${i}.lateUntilMs`, 'not below answerWithinMs'));
    const round =
      ((one.credits.accounts.length + (one.credits.mainStatement ? 1 : 0)) /
        (one.ratePerMinute * Math.max(one.sweepFloorShare, 0.05))) *
      60_000;
    if (round > one.credits.longestUnsweptMs) {
      faults.push(
        fault(
          `links.${i}.credits.accounts`,
          'a round over so many accounts takes longer than longestUnsweptMs',
        ),
      );
    }
  });
  return faults;
}
