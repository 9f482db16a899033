/** What a ledger, or whoever can write to its queue, puts into a job. */
import { Buffer } from 'node:buffer';
import { checkBody, nativeValues } from '../../src/protocol/operation.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { readPayload } from '../../src/queue/door.ts';
import { banksIn, bank as goldenOf } from './golden.ts';
import { ended, must, type Target } from './target.ts';

const PAYLOAD_BYTES_MAX = 64 * 1024;

const payload = (operation: string, body: Record<string, unknown>): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      v: 1,
      id: 'A1',
      operation,
      body,
      createdAt: '2026-09-24T10:00:00+08:00',
      expiresAt: '2026-09-25T10:00:00+08:00',
      orderKey: 'k',
      businessRef: 'PO-7',
      meta: { user: '12' },
    }),
  );

const SEEDS = [
  payload('transfer', {
    from: '7110210187000012345',
    to: '7110210187000054321',
    toName: '张三',
    amount: '12.30',
  }),
  payload('withdraw', { member: '7110210187000012345', amount: '0.01', memo: '提现' }),
  payload('balance', { accounts: ['7110210187000012345', '7110210187000054321'] }),
  Buffer.from('{"v":1,"id":"A2","transaction":"DLSTRNDT","body":{"rows":[{"a":"b"}]}}'),
];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bodyOn(
  spec: BankSpec,
  wanted: { operation?: string | undefined; transaction?: string | undefined },
  body: Record<string, unknown>,
): string {
  return ended(() => {
    const operation = spec.operations.get(wanted.operation ?? '');
    if (operation !== undefined) checkBody(operation, body, spec);
    else nativeValues(spec, wanted.transaction ?? '', body);
    return 'fits';
  });
}

export function intakeTarget(specs: string): Target {
  const banks = banksIn(specs).map((name) => goldenOf(specs, name).spec);
  return {
    name: 'intake',
    seeds: SEEDS,
    bytesMax: 2 * PAYLOAD_BYTES_MAX,
    run: (input) => {
      const text = Buffer.from(input).toString('utf8');
      const data = parsed(text);
      if (data === undefined) return 'no JSON';
      const intake = readPayload(data, input.length, PAYLOAD_BYTES_MAX);
      const said = JSON.stringify(intake);
      if ('poison' in intake) {
        // it is logged and told: nothing of the payload but a name may be in it
        must(said.length < 1_000, 'a rejection that repeats what was sent');
        return `poison ${intake.poison.code} ${intake.poison.detail ?? ''}`.replace(/\d+/g, 'n');
      }
      if ('invalid' in intake) return `invalid ${intake.invalid.fault.code}`;
      return `ok ${banks.map((spec) => bodyOn(spec, intake.ok, intake.ok.body).split(' ')[0]).join(' ')}`;
    },
  };
}
