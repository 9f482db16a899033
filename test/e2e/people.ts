/** Two people with the bank's books in front of them: they settle what the gateway hands to people. */
import { join } from 'node:path';
import type { UnknownLine } from '../../src/ops/operator.ts';
import { askSocket } from '../../src/ops/unix-http.ts';
import type { Ground } from './ground.ts';

const ASK_MS = 2_000;

/** How often they decided. They never guess: what the bank still works on, or holds, they leave alone. */
export class People {
  decided = 0;

  async look(at: Ground): Promise<void> {
    const socket = join(at.world.journalDirectory, 'admin.sock');
    const ask = async (method: 'GET' | 'POST', path: string, body?: object) => {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      return askSocket({ socket, method, path, withinMs: ASK_MS, ...text }).catch(() => undefined);
    };
    const answer = await ask('GET', '/unknown');
    if (answer?.status !== 200) return; // the gateway is dead just now
    const { unknown } = JSON.parse(answer.text) as { unknown: UnknownLine[] };
    for (const { id, phase, serial } of unknown) {
      if (phase !== 'manual' || serial === undefined) continue;
      const seen = await this.#books(at, serial);
      if (seen === undefined) continue;
      const evidence = `the bank's book of orders ${seen === 'succeeded' ? 'shows' : 'does not show'} it`;
      const taken = await ask('POST', '/resolve', {
        id,
        outcome: seen,
        evidence,
        who: 'Li and Wang',
      });
      if (taken?.status === 200) this.decided += 1;
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
