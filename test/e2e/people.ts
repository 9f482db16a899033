/** Two people with the bank's books in front of them: they settle what the gateway hands to people. */
import { join } from 'node:path';
import { twoPeople } from '../../scripts/world/people.ts';
import type { Ground } from './ground.ts';

/** How often they decided. They never guess: what the bank still works on, or holds, they leave alone. */
export class People {
  decided = 0;

  async look(at: Ground): Promise<void> {
    const socket = join(at.world.journalDirectory, 'admin.sock');
    const people = twoPeople(socket);
    const unknown = await people.unknown();
    if (unknown === undefined) return; // the gateway is dead just now
    for (const { id, phase, serial } of unknown) {
      if (phase !== 'manual' || serial === undefined) continue;
      const seen = await this.#books(at, serial);
      if (seen === undefined) continue;
      const evidence = `the bank's book of orders ${seen === 'succeeded' ? 'shows' : 'does not show'} it`;
      if ((await people.resolve(id, seen, evidence)) !== undefined) this.decided += 1;
    }
  }

  /** Undefined: nobody can tell yet. */
  async #books(at: Ground, serial: string): Promise<'succeeded' | 'failed' | undefined> {
    const { control } = at.world;
    const { held } = await control.held();
    const { orders } = await control.orders({ serial });
    const { executions } = await control.executions({ serial });
    if (executions.length > 0) return 'succeeded';
    const open = orders.some(({ state }) => ['processing', 'review', 'scheduled'].includes(state));
    return open || held.some((one) => one.serial === serial) ? undefined : 'failed';
  }
}
