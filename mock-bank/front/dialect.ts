/**
 * How one bank speaks, bytes aside: what it plays, what its requests are called by, and which words it has
 * for what the shared bank decides. A dialect is chosen by the name its spec gives itself (`bank:`).
 */
import type { Message, Row } from '../../src/protocol/message.ts';
import type { Bank } from '../bank/bank.ts';
import type { Code } from '../bank/codes.ts';
import type { Repertoire } from '../bank/repertoire.ts';

/** Part of a request's head → its value; empty where HTTP carries the body. */
export type Head = Readonly<Record<string, string>>;

export interface Dialect {
  readonly repertoire: Repertoire;
  /** what rules of faults and lists of held requests call this request by */
  serialOf(message: Message, head: Head): string;
  /** where the ledger's own reference stands: what obligations are counted by */
  memoOf(message: Message): string;
  /** this bank's word for a code of the shared bank; its own codes stay as they are */
  codeOf(code: Code): Code;
  /** why nobody is served who asks like this */
  refusal?(bank: Bank, message: Message): Code | undefined;
  /** fields that every answer of this bank has, where its bodies have such; `code` is this bank's */
  common?(asked: { head: Head; message: Message | undefined }, code: Code, now: number): Row;
}
