/**
 * What a spec must keep beyond its schema. In: a whole spec. Out: every fault, with its place. Never
 * stops at the first: whoever writes a spec sees all of it at once.
 *
 *   protocol.yaml           settings, owned, credits, codes       lint/bank, lint/verdicts
 *                           framing, envelope, correlation        lint/framing
 *   transactions/X.yaml     fields, verdicts, inquiry             lint/fields, lint/verdicts, lint/questions
 *   push of X.yaml          what the bank sends by itself         lint/pushes
 *   operations.yaml         mappings and what they refer to       lint/operations, lint/mapping
 *   everywhere              what is marked secret                 lint/secrets
 */
import { lintBank } from './lint/bank.ts';
import { lintBody, lintEnvelope } from './lint/bodies.ts';
import { lintFields } from './lint/fields.ts';
import { lintCarriers, lintFraming } from './lint/framing.ts';
import { lintOperation } from './lint/operations.ts';
import { type LintFault, Place } from './lint/place.ts';
import { lintPush } from './lint/pushes.ts';
import { lintInquiry, lintQuery } from './lint/questions.ts';
import { lintSecretParts, lintSecrets, lintSecretsOf } from './lint/secrets.ts';
import { lintSession } from './lint/session.ts';
import { lintCodes, lintSourceNames, lintVerdicts } from './lint/verdicts.ts';
import type { BankSpec } from './spec.ts';

export type { LintFault } from './lint/place.ts';

export function lintSpec(spec: BankSpec): LintFault[] {
  const faults: LintFault[] = [];
  const protocol = new Place('protocol.yaml', faults);
  lintCodes(spec, protocol.in('codes'));
  lintBank(spec, protocol);
  lintFraming(spec, protocol);
  lintSession(spec, protocol.in('connection'));
  lintEnvelope(spec, protocol.in('envelope'));
  lintSecretParts(spec, protocol);
  for (const [name, transaction] of spec.transactions) {
    const at = new Place(`transactions/${name}.yaml`, faults);
    if (name !== transaction.code) at.in('code').fault('is not the file name');
    lintSourceNames(spec, transaction, at);
    lintFields(spec, transaction, at);
    lintCarriers(spec, transaction, at);
    lintBody(spec, transaction, at);
    lintVerdicts(spec, transaction, at);
    lintInquiry(spec, transaction, at);
    lintQuery(transaction, at);
    lintPush(spec, transaction, at);
    lintSecrets(spec, transaction, at);
  }
  const operations = new Place('operations.yaml', faults);
  for (const [name, operation] of spec.operations) {
    lintOperation(spec, operation, operations.in('operations', name));
    lintSecretsOf(spec, operation, operations.in('operations', name));
  }
  return faults;
}
