/**
 * Two people with the bank on the telephone: they settle what the gateway hands to people. They never guess. The bank
 * looks an order up; what it does not have it strikes off, and only then has it failed.
 */
import { join } from 'node:path';
import type { UnknownLine } from '../../src/ops/operator.ts';
import { askSocket } from '../../src/ops/unix-http.ts';
import type { World } from '../world/world.ts';
import { type Ask, decide } from './two-people.ts';

const ASK_MS = 5_000;

export class People {
  /** how often they decided */
  decided = 0;
  readonly #world: World;
  readonly #ids = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  async look(): Promise<void> {
    const ask = this.#ask();
    const answer = await ask('GET', '/unknown');
    if (answer?.status !== 200) return; // no gateway is there just now
    const { unknown } = JSON.parse(answer.text) as { unknown: UnknownLine[] };
    for (const line of unknown) {
      if (line.phase === 'manual' && line.serial !== undefined) await this.#settle(ask, line);
    }
  }

  async #settle(ask: Ask, { id, link, source, serial = '' }: UnknownLine): Promise<void> {
    const found = await this.#world.control.strike({ serial }).catch(() => undefined);
    if (found === undefined || found.is === 'open') return; // nobody can tell yet
    const booked = found.is === 'booked';
    const outcome = booked ? 'succeeded' : 'failed';
    const evidence = booked
      ? "the bank's book of orders shows it"
      : 'the bank does not have it, and struck its serial off';
    if (!(await decide(ask, { id, link, source, outcome, evidence }))) return;
    if (!this.#ids.has(`${link} ${id}`)) this.decided += 1;
    this.#ids.add(`${link} ${id}`);
  }

  #ask(): Ask {
    const socket = join(this.#world.journalDirectory, 'admin.sock');
    return (method, path, body) => {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      return askSocket({ socket, method, path, withinMs: ASK_MS, ...text }).catch(() => undefined);
    };
  }
}
