-- The only place that writes. Every key here was looked at by key() before.

local function flushRecords()
  for _, record in pairs(records) do
    if record and next(record.changes) then
      local args = {}
      for field, value in pairs(record.changes) do
        args[#args + 1] = field
        args[#args + 1] = value
      end
      redis.call('HSET', record.key, unpack(args))
    end
    if record and record.expireAt then
      redis.call('PEXPIREAT', record.key, exact(record.expireAt))
    end
  end
end

local function flushOrders()
  for _, order in pairs(orders) do
    if #order.added > 0 then
      redis.call('RPUSH', order.key, unpack(order.added))
    end
    if order.first > 0 then
      redis.call('LTRIM', order.key, order.first, -1)
    end
    for i = #order.front, 1, -1 do
      redis.call('LPUSH', order.key, order.front[i])
    end
  end
end

local function flushWaits()
  for _, wait in pairs(waits) do
    if wait.gone then
      redis.call('DEL', wait.key)
    end
    for id in pairs(wait.add) do
      redis.call('SADD', wait.key, id)
    end
    for id in pairs(wait.drop) do
      redis.call('SREM', wait.key, id)
    end
  end
end

local function flush()
  if wm ~= wmFound then
    redis.call('HSET', key('meta'), 'wm', exact(wm))
  end
  flushRecords()
  for _, args in ipairs(writes) do
    redis.call(unpack(args))
  end
  for _, place in pairs(places) do
    for id, score in pairs(place.scores) do
      if score then
        redis.call('ZADD', place.key, exact(score), id)
      else
        redis.call('ZREM', place.key, id)
      end
    end
  end
  flushOrders()
  flushWaits()
end
