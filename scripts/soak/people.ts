/**
 * Two people with the bank on the telephone: they settle what the gateway hands to people. They never guess. The bank
 * looks an order up; what it does not have it strikes off, and only then has it failed.
 */
import { join } from 'node:path';
import type { UnknownLine } from '../../src/ops/operator.ts';
import { type TwoPeopleAtWork, twoPeople } from '../world/people.ts';
import type { World } from '../world/world.ts';

export class People {
  readonly #world: World;
  readonly #people: TwoPeopleAtWork;
  readonly #settled = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#people = twoPeople(join(world.journalDirectory, 'admin.sock'));
  }

  /** how many orders they settled */
  get decided(): number {
    return this.#settled.size;
  }

  async look(): Promise<void> {
    const unknown = await this.#people.unknown();
    if (unknown === undefined) return; // no gateway is there just now
    for (const line of unknown) {
      if (line.phase === 'manual' && line.serial !== undefined) await this.#settle(line);
    }
  }

  async #settle({ id, link, serial = '' }: UnknownLine): Promise<void> {
    const found = await this.#world.control.strike({ serial }).catch(() => undefined);
    if (found === undefined || found.is === 'open') return; // nobody can tell yet
    const booked = found.is === 'booked';
    const evidence = booked
      ? "the bank's book of orders shows it"
      : 'the bank does not have it, and struck its serial off';
    const done = await this.#people.resolve(id, booked ? 'succeeded' : 'failed', evidence);
    if (done !== undefined) this.#settled.add(`${link} ${id}`);
  }
}
