/** The way to a link's front end, as its spec keeps connections: one per request, or one session for everything. */
import { readFileSync } from 'node:fs';
import type { OnBankPacket } from '../bank/bank-packet.ts';
import type { Dial, LineTls } from '../bank/dial.ts';
import type { Line } from '../bank/line.ts';
import { openSessionLine } from '../bank/session-line.ts';
import { type LineOptions, openLine } from '../bank/socket-line.ts';
import type { LinkConfig } from '../config.ts';
import { settingsOf } from '../engine/context.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { evaluate } from '../protocol/expression.ts';
import type { BankSpec } from '../protocol/spec.ts';
import { Sequences } from '../session/sequences.ts';
import { sessionCodec } from '../session/session-packets.ts';
import type { Timers } from '../timers.ts';

function tlsOf(tls: LinkConfig['tls']): LineTls | undefined {
  if (tls === undefined) return undefined;
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return {
    ca: read(tls.caFile),
    cert: read(tls.certFile),
    key: read(tls.keyFile),
    serverName: tls.serverName,
  };
}

export interface LineParts {
  readonly journal: Journal;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly timers: Timers;
  readonly dial?: Dial;
  /** an answer to nothing we asked */
  readonly onUnclaimed: NonNullable<LineOptions['onUnclaimed']>;
  /** what the bank sends by itself on a session */
  readonly onPacket: OnBankPacket;
}

export function openLineFor(link: LinkConfig, spec: BankSpec, parts: LineParts): Promise<Line> {
  const { dial, journal, log, metrics, onPacket, onUnclaimed, timers } = parts;
  const onWarn: LineOptions['onWarn'] = (event, fields) => {
    if (event === 'sequence-gap' || event === 'sequence-behind') {
      metrics.sequenceGap(link.name, fields.code ?? '');
    }
    if (event === 'sign-on-refused') metrics.signOnRefused(link.name);
    log.warn(event, { link: link.name, ...fields });
  };
  const common = { ...link, tls: tlsOf(link.tls), onWarn, onUnclaimed, timers, dial };
  const { protocol } = spec;
  const { session } = protocol.connection;
  if (session === undefined) return openLine({ ...common, protocol });
  const scope = { link: settingsOf(spec, link.settings) };
  const who = Object.entries(session.signOn).map(([name, expr]) => [name, evaluate(expr, scope)]);
  return openSessionLine({
    ...common,
    rules: {
      spec: session,
      codec: sessionCodec(protocol, link.charset),
      signOn: Object.fromEntries(who),
      window: link.window,
      answerWithinMs: link.answerWithinMs,
      lateUntilMs: link.lateUntilMs,
    },
    sequences: new Sequences(journal.index.reserved(link.name)),
    onPacket,
  });
}
