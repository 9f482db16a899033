--[[
  In front of every script of a link, after the table TYPE_OF from keys.ts and before instruction.lua, order.lua
  and flush.lua: arguments, keys, time, watermark, and the list of what is to be written.

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

-- How far the journal of the owner has come: whoever has less of it does not know what was sent (R3). Absent
-- where the owner only asks: meta then names the journal that is missing.
local function keepRecords(journaled)
  if journaled then
    write('HSET', key('meta'), 'records', exact(journaled))
  end
end

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
