/**
 * Jobs of which only the first half was added. In: a queue and job ids whose adding ended in an error.
 * Out: those that lie in no list of the queue are gone, so that adding them again delivers them.
 *
 * Where a key of the queue has a wrong type the library's script ends after it wrote the job's hash and
 * before it put the job in a list (measured). From then on the id counts as a duplicate: every later add
 * answers as if it had been taken, and nobody ever gets the message.
 */
import type { Redis } from 'ioredis';

/* KEYS wait active prioritized delayed completed failed waiting-children, then a hash per job · ARGV job ids */
const forget = `
local gone = 0
for i, id in ipairs(ARGV) do
  local found = redis.call('EXISTS', KEYS[7 + i]) == 0
  for k = 1, 7 do
    local command = k < 3 and 'LPOS' or 'ZSCORE'
    local at = redis.pcall(command, KEYS[k], id)
    found = found or type(at) == 'number' or type(at) == 'string'
  end
  if not found then
    redis.call('DEL', KEYS[7 + i])
    gone = gone + 1
  end
end
return gone`;

const lists = [
  'wait',
  'active',
  'prioritized',
  'delayed',
  'completed',
  'failed',
  'waiting-children',
];

export const halfAdded = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('WRONGTYPE');

/** Returns how many were gone. `queueKey` is prefix and name of the queue. */
export async function forgetHalfAdded(
  redis: Redis,
  queueKey: string,
  jobIds: readonly string[],
): Promise<number> {
  const keys = [...lists, ...jobIds].map((part) => `${queueKey}:${part}`);
  return Number(await redis.eval(forget, keys.length, ...keys, ...jobIds));
}
