/** What the bank plays in one dialect: the families of one protocol, looked up by transaction. */
import type { Message } from '../../src/protocol/message.ts';
import {
  type Answerer,
  type BatchReader,
  type Family,
  type MovementReader,
  merged,
} from './family.ts';
import { text } from './reply.ts';

export class Repertoire {
  readonly #movements: ReadonlyMap<string, MovementReader>;
  readonly #batches: ReadonlyMap<string, BatchReader>;
  readonly #answers: ReadonlyMap<string, Answerer>;
  readonly #statements: ReadonlyMap<string, string>;

  constructor(families: readonly Family[]) {
    this.#movements = merged(families, 'movements');
    this.#batches = merged(families, 'batches');
    this.#statements = merged(families, 'statements');
    this.#answers = new Map([...merged(families, 'maintenance'), ...merged(families, 'queries')]);
  }

  played(): string[] {
    return [...this.#movements.keys(), ...this.#batches.keys(), ...this.#answers.keys()];
  }

  isMovement(transaction: string): boolean {
    return this.#movements.has(transaction) || this.#batches.has(transaction);
  }

  isPlayed(transaction: string): boolean {
    return this.isMovement(transaction) || this.#answers.has(transaction);
  }

  /** The account whose rows a statement lists; undefined when the transaction is no statement. */
  statementOf(transaction: string, message: Message): string | undefined {
    const field = this.#statements.get(transaction);
    return field === undefined ? undefined : text(message, field);
  }

  movement(transaction: string): MovementReader | undefined {
    return this.#movements.get(transaction);
  }

  batch(transaction: string): BatchReader | undefined {
    return this.#batches.get(transaction);
  }

  answerer(transaction: string): Answerer | undefined {
    return this.#answers.get(transaction);
  }
}
