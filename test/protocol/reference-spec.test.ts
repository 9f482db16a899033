/** The reference protocol's own spec: loaded, linted, and as its page says. */
import { expect, it } from 'vitest';
import { Faults } from '../../src/errors.ts';
import { lintSpec } from '../../src/protocol/lint.ts';
import type { BankSpec, ProtocolFile } from '../../src/protocol/spec.ts';
import type { SessionSpec } from '../../src/protocol/spec-session.ts';
import { readSpec } from '../../src/spec-directory.ts';

it('loads without a fault', () => {
  try {
    readSpec('protocol-specs/reference');
  } catch (error) {
    expect(error instanceof Faults ? error.faults : error).toEqual([]);
  }
});

const whole = readSpec('protocol-specs/reference');
const { session } = whole.protocol.connection;

const changed = (more: Partial<ProtocolFile>): BankSpec => ({
  ...whole,
  protocol: { ...whole.protocol, ...more },
});
const kept = (more: Partial<SessionSpec>): BankSpec => {
  if (session === undefined) throw new Error('no session');
  return changed({ connection: { policy: 'persistent', session: { ...session, ...more } } });
};

it.each<[string, BankSpec, string]>([
  [
    'persistent without a session',
    changed({ connection: { policy: 'persistent' } }),
    'protocol.yaml:connection',
  ],
  [
    'a session that is not kept',
    changed({ connection: { policy: 'kept', ...(session === undefined ? {} : { session }) } }),
    'protocol.yaml:connection.session',
  ],
  [
    'answers that name no request',
    changed({ correlation: 'none' }),
    'protocol.yaml:connection.session',
  ],
  [
    'a part that is not there',
    kept({ parts: { kind: 'kind', day: 'day', sequence: 'count', resend: 'resend' } }),
    'protocol.yaml:connection.session.parts.sequence',
  ],
  [
    'two kinds of one value',
    kept({ kinds: { ...(session?.kinds as SessionSpec['kinds']), kick: 'RS' } }),
    'protocol.yaml:connection.session.kinds.kick',
  ],
  [
    'a kind that does not fit',
    kept({ kinds: { ...(session?.kinds as SessionSpec['kinds']), kick: 'KICK' } }),
    'protocol.yaml:connection.session.kinds.kick',
  ],
  [
    'a setting that is not there',
    kept({ signOn: { user: '$link.nobody' } }),
    'protocol.yaml:connection.session.signOn.user',
  ],
  [
    'a resend that looks like the first',
    kept({ resends: { first: 'N', again: 'N' } }),
    'protocol.yaml:connection.session.resends',
  ],
])('lint finds %s', (_, spec, path) => {
  expect(lintSpec(spec).map((fault) => fault.path)).toContain(path);
});
