/**
 * The names of the requests that are on the way on all connections of a line. Two of one name would take each
 * other's answers, so the second is not written; a name is free again when no answer to it is read any more.
 */
import { YinqiError } from '../errors.ts';

export class InFlight {
  readonly #names = new Set<string>();

  /** DEFECT where the name is on the way; undefined names nothing and is never in the way. */
  begin(name: string | undefined): void {
    if (name === undefined) return;
    if (this.#names.has(name)) {
      throw new YinqiError('DEFECT', { detail: 'a request of this name is on the way' });
    }
    this.#names.add(name);
  }

  end(name: string | undefined): void {
    if (name !== undefined) this.#names.delete(name);
  }
}
