--[[
  In front of every script of a link (after the table TYPE_OF from keys.ts).

    KEYS[1]   prefix of the link, {yinqi:<link>}
    ARGV      seen, epoch, retentionMs, then what the script itself takes

  A script first reads, then decides in memory, and writes only in flush(): whatever is wrong - a key of
  another type, an argument, a stale epoch, a Redis gone back - is found before anything is changed (R26).
  Key names come only from key(), which has looked at the type of what is there.

  Numbers leave a script as text: Redis cuts a Lua number down to an integer of 64 bits, cjson to 14
  digits. An absent value is the empty string.
]]

local PREFIX = KEYS[1] .. ':'
local EXPIRE_AFTER_DUE_MS = 3600000
local PROMOTE_MAX = 1000
local PAGE = 64

local function exact(n)
  return string.format('%.0f', n)
end

-- Ends the script before its first write; run() makes an answer of it.
local function fail(code, part)
  error({ refused = { 'refused', code, part or '' } }, 0)
end

local function run(main)
  local ok, answer = pcall(main)
  if ok then
    return answer
  end
  if type(answer) ~= 'table' then
    return redis.error_reply('ERR ' .. tostring(answer))
  end
  return answer.refused or answer
end

---------------------------------------------------------------- arguments

local at = 0

local function text()
  at = at + 1
  local value = ARGV[at]
  if value == nil then
    fail('DEFECT', 'arguments')
  end
  return value
end

-- nil where it is absent
local function number()
  local value = text()
  if value == '' then
    return nil
  end
  return tonumber(value) or fail('DEFECT', 'arguments')
end

local function list(take)
  local items = {}
  for i = 1, number() do
    items[i] = take()
  end
  return items
end

local function outEntry()
  return { queue = text(), source = text(), stem = text(), body = text(), version = text() }
end

local seen, epoch, retention

local function header()
  seen, epoch, retention = number(), number(), number()
end

local function noMoreArguments()
  if at ~= #ARGV then
    fail('DEFECT', 'arguments')
  end
end

---------------------------------------------------------------- keys and time

local typeAt = {}

local function key(part, name)
  local full = PREFIX .. part
  if name ~= nil then
    full = full .. ':' .. name
  end
  if typeAt[full] == nil then
    local found = redis.call('TYPE', full).ok
    if found ~= 'none' and found ~= TYPE_OF[part] then
      fail('REDIS_WRONG_TYPE', part)
    end
    typeAt[full] = found
  end
  return full
end

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

---------------------------------------------------------------- watermark and owner

local wm, wmFound

-- R4: a Redis below what the caller has seen is refused in the script itself, because ioredis sends again
-- what was on its way before anybody could look.
local function open(onlyOwner)
  local found = redis.call('HMGET', key('meta'), 'wm', 'epoch')
  wm = tonumber(found[1] or '0')
  wmFound = wm
  if wm < seen then
    fail('REDIS_ROLLED_BACK')
  end
  if onlyOwner and found[2] ~= exact(epoch) then
    fail('STALE_EPOCH')
  end
end

local function raise()
  wm = wm + 1
  return exact(wm)
end

---------------------------------------------------------------- writes, kept until flush()

local writes = {}

local function write(...)
  writes[#writes + 1] = { ... }
end

local places = {}

-- Where an id stands in an index; score false: nowhere.
local function put(part, id, score)
  if places[part] == nil then
    places[part] = { key = key(part), scores = {} }
  end
  places[part].scores[id] = score or false
end

-- Each entry has a version of its own (R18): the first one that of the change, the others raise it again.
-- What is put back from the journal keeps the version it was told under.
local function emit(entries, version)
  local first = version
  for _, entry in ipairs(entries) do
    if entry.version == '' then
      entry.version = first or raise()
      first = nil
    end
    write('XADD', key('out'), '*', 'queue', entry.queue, 'source', entry.source, 'stem', entry.stem,
      'body', entry.body, 'version', entry.version)
  end
end

---------------------------------------------------------------- instructions

-- everything but the bulky ones below
local FIELDS = {
  'version', 'phase', 'attempt', 'epoch', 'seq', 'expires', 'aside', 'order', 'after', 'notBefore',
  'serial', 'digest', 'released', 'change', 'changeTo',
}
local BULKY = { 'intent', 'life', 'told', 'toldVersion' }

local records = {}

local function blank(id)
  local record = { id = id, key = key('i', id), changes = {} }
  for _, field in ipairs(FIELDS) do
    record[field] = ''
  end
  return record
end

-- nil: not known
local function load(id)
  if records[id] ~= nil then
    return records[id] or nil
  end
  local record = blank(id)
  if typeAt[record.key] == 'none' then
    records[id] = false
    return nil
  end
  local found = redis.call('HMGET', record.key, unpack(FIELDS))
  for i, field in ipairs(FIELDS) do
    record[field] = found[i] or ''
  end
  if record.version == '' or record.phase == '' then
    fail('DEFECT', 'i')
  end
  records[id] = record
  return record
end

local function set(record, field, value)
  record[field] = value
  -- what is absent need not be written where nothing was
  record.changes[field] = (value ~= '' or not record.fresh) and value or nil
end

local function create(id)
  local record = blank(id)
  record.fresh = true
  for _, field in ipairs(BULKY) do
    record[field] = ''
  end
  records[id] = record
  return record
end

local function whole(record)
  if record.intent == nil or record.life == nil or record.told == nil then
    local found = redis.call('HMGET', record.key, unpack(BULKY))
    for i, field in ipairs(BULKY) do
      if record[field] == nil then
        record[field] = found[i] or ''
      end
    end
  end
  return record
end

-- as reply.ts reads it
local function held(record)
  whole(record)
  return { record.intent, record.serial, record.phase, record.life, record.version, record.attempt,
    record.epoch }
end

local function told(record)
  whole(record)
  return { record.told, record.toldVersion }
end

-- Keeps the message told with the version of the outbox entry that carries it.
local function tell(record, message, entries)
  if message == '' then
    return
  end
  local version = record.version
  for _, entry in ipairs(entries) do
    if entry.body == message then
      version = entry.version
      break
    end
  end
  set(record, 'told', message)
  set(record, 'toldVersion', version)
end

local function final(phase)
  return phase == 'succeeded' or phase == 'failed'
end

---------------------------------------------------------------- order

local orders = {}

local function orderOf(name)
  if orders[name] == nil then
    local full = key('order', name)
    orders[name] = {
      key = full, length = redis.call('LLEN', full), first = 0, page = {}, from = 0, front = {}, added = {},
    }
  end
  return orders[name]
end

local function memberAt(order, i)
  if i >= order.length then
    return order.added[i - order.length + 1]
  end
  if i < order.from or i >= order.from + #order.page then
    order.from = i
    order.page = redis.call('LRANGE', order.key, i, i + PAGE - 1)
  end
  return order.page[i - order.from + 1]
end

-- The first that was not let go. Who was let go, or is final, or is forgotten, is a tombstone and is dropped
-- here, at the front: to cut it out of the middle would cost the length of the list.
local function headOf(order)
  for _, id in ipairs(order.front) do
    local record = load(id)
    if record and record.released == '' then
      return id
    end
  end
  while true do
    local id = memberAt(order, order.first)
    if id == nil then
      return nil
    end
    local record = load(id)
    if record and record.released == '' then
      return id
    end
    order.first = order.first + 1
  end
end

-- To where it can be claimed from, if nothing holds it back any more.
local function offer(record)
  if record.phase ~= 'received' or record.aside ~= '' or record.after ~= '' then
    return
  end
  if record.order ~= '' and headOf(orderOf(record.order)) ~= record.id then
    return
  end
  local from = tonumber(record.notBefore)
  if from and from > now then
    put('later', record.id, from)
  else
    if from then
      put('later', record.id, false)
    end
    put('ready', record.id, tonumber(record.seq))
  end
end

local waits = {}

local function waitsFor(id)
  if waits[id] == nil then
    waits[id] = { key = key('after', id), add = {}, drop = {}, gone = false }
  end
  return waits[id]
end

local function await(record, target)
  set(record, 'after', target)
  waitsFor(target).add[record.id] = true
end

local function awaitNoMore(record)
  if record.after ~= '' then
    local wait = waitsFor(record.after)
    wait.add[record.id] = nil
    wait.drop[record.id] = true
    set(record, 'after', '')
  end
end

-- Lets the next of its order key go, and whoever waits for it. Once.
local function release(record)
  if record.released ~= '' then
    return
  end
  set(record, 'released', '1')
  if record.order ~= '' then
    local head = headOf(orderOf(record.order))
    if head then
      offer(load(head))
    end
  end
  local wait = waitsFor(record.id)
  local waiting = redis.call('SMEMBERS', wait.key)
  for id in pairs(wait.add) do
    waiting[#waiting + 1] = id
  end
  wait.add, wait.gone = {}, true
  for _, id in ipairs(waiting) do
    local waiter = load(id)
    if waiter and waiter.after == record.id then
      set(waiter, 'after', '')
      offer(waiter)
    end
  end
end

---------------------------------------------------------------- indexes

-- Puts it into the indexes its phase belongs to and takes it out of the others.
local function stand(record, dueAt, since)
  local phase = record.phase
  local function place(part, score)
    if score or not record.fresh then
      put(part, record.id, score)
    end
  end
  place('sending', phase == 'sending' and tonumber(record.version))
  place('doubt', (phase == 'unknown' or phase == 'manual') and (since or now))
  place('due', phase ~= 'sending' and dueAt)
  if phase ~= 'received' then
    place('ready', false)
    place('later', false)
  end
end

-- A final: whoever waits goes on, and it is forgotten after the retention, never before its last look.
local function retire(record, dueAt)
  awaitNoMore(record)
  release(record)
  record.expireAt = math.max(now + retention, (dueAt or 0) + EXPIRE_AFTER_DUE_MS)
  if record.serial ~= '' then
    write('PEXPIREAT', key('serial', record.serial), exact(record.expireAt))
  end
end

-- Those whose time has come, some at a time.
local function promote()
  local ids = redis.call('ZRANGEBYSCORE', key('later'), '-inf', exact(now), 'LIMIT', 0, PROMOTE_MAX)
  for _, id in ipairs(ids) do
    if not places.later or places.later.scores[id] == nil then
      local record = load(id)
      put('later', id, false)
      if record then
        offer(record)
      end
    end
  end
end

---------------------------------------------------------------- the only place that writes

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
