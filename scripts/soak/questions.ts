/** What a bank asks of the ledger (1312, a member takes money out): answered by an instruction, once. */
import type { LedgerClient } from '../../src/queue/client.ts';
import { TRADING } from './links.ts';
import type { Obligation, Obligations } from './obligations.ts';

const YES_SHARE = 0.8;

export function answerQuestions(
  ledger: LedgerClient,
  obligations: Obligations,
  random: () => number,
): void {
  const answered = new Map<string, Obligation>();
  ledger.onQuestion(async ({ key, asks }) => {
    const known = answered.get(key);
    if (known !== undefined) return obligations.repeat(known, 'ask');
    if (asks !== 'withdrawal') return;
    const says = random() < YES_SHARE ? 'yes' : 'no';
    const answer = obligations.add({
      link: TRADING,
      operation: 'answer-withdrawal',
      body: () => ({ question: key, says }),
      // too late is too late: the bank asks again, or does not
      tries: 1,
      proves: { by: 'nothing' },
    });
    answered.set(key, answer);
  });
}
