-- One instruction as a script sees it: loaded once, changed in memory, written by flush().

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
