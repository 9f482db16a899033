/** People with the bank's books in front of them. They never guess: what may still be executed they leave alone. */
import type { BankBooks } from './bank/shapes.ts';
import type { Gateway } from './gateway.ts';

export interface PeopleDoors {
  readonly gateway: () => Gateway | undefined;
  readonly source: string;
  readonly books: BankBooks;
  /** bytes, or a stopped process, may still bring an order to the bank */
  readonly mayStillCome: () => boolean;
  readonly note: (who: string, what: string) => void;
}

export class People {
  decided = 0;
  readonly #doors: PeopleDoors;
  #busy = false;

  constructor(doors: PeopleDoors) {
    this.#doors = doors;
  }

  look(): void {
    const gateway = this.#doors.gateway();
    if (gateway?.engine === undefined || gateway.host.state !== 'running' || this.#busy) return;
    this.#busy = true;
    // whoever asks a process that dies is never answered
    gateway.host.atDeath.push(() => {
      this.#busy = false;
    });
    void this.#decide(gateway)
      .catch((error: unknown) => this.#doors.note('people', String(error)))
      .finally(() => {
        this.#busy = false;
      });
  }

  async #decide({ engine, host }: Gateway): Promise<void> {
    const { books, mayStillCome, note, source } = this.#doors;
    if (engine === undefined) return;
    for (const { id, phase, serial } of await engine.people.unknown()) {
      if (phase !== 'manual' || serial === undefined || host.dead) continue;
      const done = books.executions().some((one) => one.serial === serial);
      const coming = mayStillCome() || books.open().some((one) => one.serial === serial);
      if (!done && coming) continue;
      const outcome = done ? 'succeeded' : 'failed';
      note('people', `${id} ${outcome}`);
      const evidence = `the bank's book of orders ${done ? 'shows' : 'does not show'} it`;
      const { twoPeople } = engine.deciding;
      const subject = `${source}:${id}`;
      // one that was proposed before the process died is still open
      const open = await twoPeople.list();
      const known = open.find((one) => one.subject === subject && one.state === 'open');
      const wish = { action: 'resolve', subject, outcome, evidence } as const;
      const proposal =
        known?.outcome === outcome
          ? known.proposal
          : (await twoPeople.propose({ ...wish, who: 'li' })).number;
      await twoPeople.approve({ proposal, who: 'wang' });
      this.decided += 1;
    }
  }
}
