-- Who waits for whom, and the indexes an instruction stands in.

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
