/**
 * The rule by which a ledger keeps its books about one instruction of one link. In: what it holds and
 * the next message, in any order, any number of times. Out: what it holds then. Pure.
 *
 * A final replaces any interim; else the highest version stays. A rejection speaks of a request that was
 * not taken, and `contradicted` of evidence against a final: neither ever replaces a result.
 */
import type { Contradiction, Rejection, Result } from '../instruction/messages.ts';

export type Message = Result | Rejection | Contradiction;

export function merge(previous: Result | undefined, message: Message): Result | undefined {
  if (message.type !== 'result') return previous;
  if (previous === undefined) return message;
  if (previous.final !== message.final) return message.final ? message : previous;
  return message.version > previous.version ? message : previous;
}
