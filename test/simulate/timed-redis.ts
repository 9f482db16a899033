/**
 * A real Redis whose scripts are told what time it is: TIME, the expiry of keys and the ids of the outbox
 * follow a clock that is given with each call, so that a run repeats and both stores live in one time. Nothing
 * else of the scripts is touched: the shadow stands in front of their text.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** KEYS[2]: now in ms. What would expire is kept in a sorted set and taken away when its time has come. */
const SHADOW = `
local redis = (function(real)
  local NOW, EXPIRY = tonumber(KEYS[2]), KEYS[1] .. ':test:expiry'
  for _, name in ipairs(real.call('ZRANGEBYSCORE', EXPIRY, '-inf', '(' .. KEYS[2])) do
    real.call('DEL', name)
    real.call('ZREM', EXPIRY, name)
  end
  local own = {}
  function own.TIME()
    return { string.format('%.0f', math.floor(NOW / 1000)), string.format('%.0f', NOW % 1000 * 1000) }
  end
  function own.PEXPIREAT(name, at)
    if real.call('EXISTS', name) == 0 then
      return 0
    end
    if tonumber(at) <= NOW then
      real.call('DEL', name)
      real.call('ZREM', EXPIRY, name)
    else
      real.call('ZADD', EXPIRY, at, name)
    end
    return 1
  end
  function own.PEXPIRE(name, ms)
    return own.PEXPIREAT(name, string.format('%.0f', NOW + tonumber(ms)))
  end
  function own.SET(name, value)
    real.call('ZREM', EXPIRY, name)
    return real.call('SET', name, value)
  end
  function own.HDEL(name, field)
    local gone = real.call('HDEL', name, field)
    if real.call('EXISTS', name) == 0 then
      real.call('ZREM', EXPIRY, name)
    end
    return gone
  end
  function own.XADD(name, id, ...)
    local ms, nth = 0, 0
    if real.call('EXISTS', name) == 1 then
      local found = real.call('XINFO', 'STREAM', name)
      for i = 1, #found, 2 do
        if found[i] == 'last-generated-id' then
          ms, nth = found[i + 1]:match('(%d+)-(%d+)')
          ms, nth = tonumber(ms), tonumber(nth)
        end
      end
    end
    if NOW > ms then
      ms, nth = NOW, 0
    else
      nth = nth + 1
    end
    return real.call('XADD', name, string.format('%.0f-%.0f', ms, nth), ...)
  end
  local function call(command, ...)
    if own[command] then
      return own[command](...)
    end
    return real.call(command, ...)
  end
  return { call = call, sha1hex = real.sha1hex, error_reply = real.error_reply }
end)(redis)
`;

type Given = readonly (string | number)[];

/** What one connection last sent, to be sent again. */
export interface Line {
  readonly redis: Redis;
  /** how often the next call is sent; the last answer counts */
  times: number;
  /** Sends the last call once more, as if its first answer was lost on the way; answers `ok` or the refusal. */
  again(): Promise<string>;
}

/** Digest of a script → digest of what stands here in its place. */
const shadowed = new Map<string, string>();

export function timedLine(real: Redis, now: () => number): Line {
  let last: [string, Given] | undefined;
  const once = (command: string, [script, keys, ...rest]: Given): Promise<unknown> => {
    const args = [Number(keys) + 1, rest[0] ?? '', now(), ...rest.slice(1)];
    if (command === 'eval') {
      const source = SHADOW + String(script);
      const sha = (text: string): string => createHash('sha1').update(text).digest('hex');
      shadowed.set(sha(String(script)), sha(source));
      return real.call('eval', [source, ...args]);
    }
    const sha = shadowed.get(String(script));
    if (sha === undefined) return Promise.reject(new Error('NOSCRIPT'));
    return real.call('evalsha', [sha, ...args]);
  };
  const call = async (command: string, given: Given): Promise<unknown> => {
    const first = await once(command, given);
    last = [command, given];
    let answer = first;
    for (; line.times > 1; line.times -= 1) answer = await once(command, given);
    return answer;
  };
  const line: Line = {
    redis: Object.assign(Object.create(real) as Redis, { call }),
    times: 1,
    again: async () => {
      if (last === undefined) return 'none';
      const answer = await once(...last);
      const [word, code] = Array.isArray(answer) ? answer.map(String) : [];
      return word === 'ok' ? 'ok' : String(code);
    },
  };
  return line;
}

const COPY = `
redis.call('FLUSHDB')
redis.call('SELECT', ARGV[1])
for _, name in ipairs(redis.call('KEYS', '*')) do
  redis.call('COPY', name, name, 'DB', ARGV[2])
end
`;

/** Copies all keys of one database over another; the connection stays in the one it was in. */
export async function copyAll(redis: Redis, from: number, to: number): Promise<void> {
  await redis.select(to);
  await redis.eval(COPY, 0, from, to);
  await redis.select(0);
}
