/** What the bank may take back: kept, and told only when the push that confirms it follows. */
import { type ProvisionalRecord, provisional } from '../../pushes/provisional-record.ts';
import type { Push } from '../../pushes/push.ts';

export class Provisional {
  #kept = new Map<string, ProvisionalRecord>();

  load(fields: ReadonlyMap<string, string>): void {
    this.#kept = new Map(
      [...fields].map(([key, text]) => [key, provisional.parse(JSON.parse(text))]),
    );
  }

  keep(record: ProvisionalRecord): { part: 'provisional'; field: string; value: string } {
    const { key } = record.told;
    this.#kept.set(key, record);
    return { part: 'provisional', field: key, value: JSON.stringify(record) };
  }

  /** What this push confirms, which is then kept no more. */
  confirmedBy(push: Push): (ProvisionalRecord & { key: string })[] {
    const found = [...this.#kept].filter(([, { there, transaction, value }]) => {
      return transaction === push.code && value !== '' && push.request[there] === value;
    });
    for (const [key] of found) this.#kept.delete(key);
    return found.map(([key, record]) => ({ ...record, key }));
  }
}
