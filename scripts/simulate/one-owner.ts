/**
 * Watches that only the owner of a link changes what is known of its instructions. A script that a dead gateway
 * sent, or one that was stopped, may reach Redis behind the next one's take: then it must change nothing.
 */
import type { LinkData } from './store/data.ts';
import type { Carry, MemoryRedis } from './store/memory-store.ts';

/** What a gateway may do without owning: take in, look, empty the outbox, give up. */
const ANYBODYS: readonly string[] = ['take', 'leave', 'accept', 'published'];

const sameBut = (before: LinkData, after: LinkData): boolean =>
  before.entries === after.entries && before.sending === after.sending && before.due === after.due;

/** `run` is the name under which the gateway takes the link. */
export const oneOwner =
  (carry: Carry, run: string, redis: MemoryRedis, broken: (why: string) => void): Carry =>
  (name, effect) =>
    carry(name, () => {
      const before = redis.data;
      const answer = effect();
      const { holder } = redis.data.meta;
      if (holder !== run && !ANYBODYS.includes(name) && !sameBut(before, redis.data)) {
        broken(`two owners write: ${run} did "${name}", and the link is ${holder}'s`);
      }
      return answer;
    });
