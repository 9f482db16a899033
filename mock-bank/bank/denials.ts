/**
 * Serials that will never be executed from now on: those an inquiry said the bank does not know, where the bank
 * keeps its word (setting `deniedSerial`), and those its people struck off on request. This makes "no such
 * serial" a fact and not a matter of time, so that whoever rests on it can be judged without a clock.
 */
import type { Settings } from './settings.ts';

export class Denials {
  readonly #denied = new Set<string>();
  readonly #struck = new Set<string>();

  /** An inquiry found nothing under this name. */
  denied(serial: string): void {
    if (serial !== '') this.#denied.add(serial);
  }

  strike(serial: string): void {
    this.#struck.add(serial);
  }

  /** May an order of this name not be taken any more? */
  bars(serial: string, { deniedSerial }: Pick<Settings, 'deniedSerial'>): boolean {
    if (this.#struck.has(serial)) return true;
    return deniedSerial === 'never-executed' && this.#denied.has(serial);
  }
}
