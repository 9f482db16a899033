/**
 * What of a link's configuration is evidence: by whom, where to, under which limits and which rules it was
 * ordered. Each part as a digest, with its values where they are harmless, so that a change can be shown years
 * later. Account numbers, names of companies and keys are in the digests only.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config, LinkConfig } from '../config.ts';
import { canonicalJson } from '../instruction/envelope.ts';
import type { Watched } from '../people/shapes.ts';
import type { BankSpec } from '../protocol/spec.ts';

export interface WatchedSetting {
  readonly what: Watched;
  readonly digest: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');

/** A certificate that was exchanged behind the same path is another front end. */
const fileDigest = (path: string | undefined): string =>
  path === undefined ? '' : createHash('sha256').update(readFileSync(path)).digest('hex');

/** JSON has no `undefined`: what is not set is not there. */
const plain = (values: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(values)) as Record<string, unknown>;

const shown = (what: Watched, given: Record<string, unknown>): WatchedSetting => {
  const values = plain(given);
  return { what, digest: digestOf(values), values };
};

export function watchedSettings(
  config: Config,
  link: LinkConfig,
  spec: BankSpec,
): WatchedSetting[] {
  const { host, listen, noSuchSerialIsFinal, port, settings, tls, ...more } = link;
  const { burst, businessHours, ladder, native, ratePerMinute, sweepFloorShare, window, ...rest } =
    more;
  const { sendWithinMs, watchForMs, questions, ...others } = rest;
  const rights = config.sources.flatMap(({ links, name }) => {
    const right = links[link.name];
    return right === undefined ? [] : [[name, right]];
  });
  const { approveWithinMs, changesNeedApproval, people } = config;
  const certificates = {
    ca: fileDigest(tls?.caFile),
    ours: fileDigest(tls?.certFile),
    serverName: tls?.serverName,
    listens: fileDigest(listen?.tls?.certFile),
    listensTo: fileDigest(listen?.tls?.caFile),
  };
  const listens = listen && { host: listen.host, port: listen.port, allow: listen.allow };
  return [
    shown('endpoint', { host, port, listens, certificates }),
    shown('rights', { native, questions, sources: Object.fromEntries(rights) }),
    shown('limits', {
      ...{ burst, businessHours, ratePerMinute, sendWithinMs, sweepFloorShare, window },
    }),
    shown('finality', { noSuchSerialIsFinal, ladder, watchForMs }),
    // whose money it is: account numbers and names
    { what: 'accounts', digest: digestOf(plain(settings)) },
    { what: 'spec', digest: spec.digest, values: { bank: spec.protocol.bank } },
    {
      what: 'oversight',
      digest: digestOf(plain({ approveWithinMs, changesNeedApproval, people })),
      values: { approveWithinMs, changesNeedApproval, people: people.map(({ name }) => name) },
    },
    { what: 'others', digest: digestOf(plain(others)) },
  ];
}
