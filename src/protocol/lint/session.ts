/** Rules for a bank that keeps one session: its parts stand in the head, and its kinds can be told apart. */

import { headParts } from '../layout.ts';
import type { BankSpec } from '../spec.ts';
import { lintExpr } from './mapping.ts';
import type { Place } from './place.ts';
import { linkNames } from './vocabulary.ts';

export function lintSession(spec: BankSpec, at: Place): void {
  const { connection, correlation, envelope, framing } = spec.protocol;
  const { policy, session } = connection;
  if (policy === 'persistent' && session === undefined) at.fault('persistent, and no session');
  if (session === undefined) return;
  const place = at.in('session');
  if (policy !== 'persistent') place.fault('only with persistent');
  if (framing.type !== 'heads' || framing.end !== 'length')
    place.fault('needs heads with a length');
  if (envelope.body !== 'xml') place.fault('needs bodies of XML');
  if (correlation === 'none' || correlation.request !== correlation.answer) {
    place.fault('needs one part that names request and answer');
  }
  const parts = new Map(headParts(spec).map((part) => [part.name, part]));
  const carriers = { ...session.parts, code: envelope.action, status: envelope.status };
  for (const [what, name] of Object.entries(carriers)) {
    if (!parts.has(name)) place.in('parts', what).fault(`no part ${name} in the heads`);
  }
  const seen = new Set<string>();
  for (const [what, value] of Object.entries(session.kinds)) {
    const most = parts.get(session.parts.kind)?.bytes ?? 0;
    if (value.length > most) place.in('kinds', what).fault(`more than ${most} bytes`);
    if (seen.has(value)) place.in('kinds', what).fault('another kind has this value');
    seen.add(value);
  }
  for (const [name, expr] of Object.entries(session.signOn)) {
    lintExpr(expr, new Set(linkNames(spec)), place.in('signOn', name));
  }
  if (session.resends.first === session.resends.again) place.in('resends').fault('twice the same');
}
