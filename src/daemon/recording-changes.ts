/**
 * At every start what is configured is held against what the journal has last seen; a difference is a record
 * with both digests, before anything is asked or sent under it, and behind the `start` record: a copy of the
 * journal that lacks records must not seem longer by ours.
 */
import type { Config, LinkConfig } from '../config.ts';
import type { Journal } from '../journal/journal.ts';
import type { NewRecord } from '../journal/records.ts';
import type { Log } from '../ops/log.ts';
import type { BankSpec } from '../protocol/spec.ts';
import { watchedSettings } from './watched-settings.ts';

export async function recordChanges(
  { config, journal, log }: { config: Config; journal: Journal; log: Log },
  link: LinkConfig,
  spec: BankSpec,
): Promise<void> {
  const known = journal.index.matters(link.name).settings;
  const { changesNeedApproval } = config;
  // whoever turns the rule off needs what it asks for
  const strict = changesNeedApproval || known.strict;
  const records: NewRecord[] = [];
  for (const { digest, values, what } of watchedSettings(config, link, spec)) {
    const before = known.latest(what);
    if (before === digest) continue;
    records.push({
      kind: 'change',
      link: link.name,
      watermark: journal.highestWatermark(link.name),
      what,
      ...(before === undefined ? {} : { before }),
      digest,
      ...(values === undefined ? {} : { values }),
      // the first one is what there is to compare with
      needsApproval: before !== undefined && strict,
      ...(what === 'oversight' ? { strict: changesNeedApproval } : {}),
    });
    if (before !== undefined) log.warn('setting-changed', { link: link.name, kind: what, digest });
  }
  await journal.append(records);
}
