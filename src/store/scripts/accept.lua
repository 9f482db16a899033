--[[
  New instructions become ours. Any process may call it: it sends nothing.
  ARGV: how many, then each

    id, digest, phase, intent, life, expiresAt, aside ('1' | ''), dueAt, orderKey, after, notBefore, message,
    n, serials…, n, outbox entries…

    ok, wm, one each of   { new, version, serial }   { exists, held, told }   { conflict, digest }   { taken }

  Called again it finds its own: `exists`. Items of one batch see each other in their order.
]]
header()

local function item()
  return {
    id = text(), digest = text(), phase = text(), intent = text(), life = text(), expires = number(),
    aside = text(), dueAt = number(), order = text(), after = text(), notBefore = number(), message = text(),
    serials = list(text), out = list(outEntry),
  }
end

local takenHere = {}

-- The first number nobody else owns: '' if none is asked for, nil if all are taken.
local function freeSerial(wanted)
  if #wanted.serials == 0 then
    return ''
  end
  for _, serial in ipairs(wanted.serials) do
    local owner = takenHere[serial] or redis.call('GET', key('serial', serial))
    if not owner or owner == wanted.id then
      takenHere[serial] = wanted.id
      return serial
    end
  end
  return nil
end

local function store(new, serial)
  local record = create(new.id)
  local version = raise()
  local fields = {
    version = version, seq = version, phase = new.phase, attempt = '0', epoch = '0', digest = new.digest,
    intent = new.intent, life = new.life, expires = exact(new.expires), aside = new.aside, order = new.order,
    serial = serial, notBefore = new.notBefore and exact(new.notBefore) or '',
  }
  for field, value in pairs(fields) do
    set(record, field, value)
  end
  if serial ~= '' then
    write('SET', key('serial', serial), new.id)
  end
  emit(new.out, version)
  tell(record, new.message, new.out)
  return record
end

-- Expires even while it waits; claimed only when nothing holds it back.
local function queue(record, new)
  local due = new.expires
  if new.aside ~= '' then
    due = math.max(new.dueAt or new.expires, new.notBefore or 0)
  end
  stand(record, due)
  if new.order ~= '' then
    local order = orderOf(new.order)
    order.added[#order.added + 1] = new.id
  end
  if new.after ~= '' then
    local target = load(new.after)
    if not target or target.released == '' then
      await(record, new.after)
    end
  end
  offer(record)
end

local function accept(new)
  local known = load(new.id)
  if known then
    if known.digest ~= new.digest then
      return { 'conflict', known.digest }
    end
    return { 'exists', held(known), told(known) }
  end
  local serial = freeSerial(new)
  if not serial then
    return { 'taken' }
  end
  local record = store(new, serial)
  if final(new.phase) then
    stand(record, nil)
    retire(record, nil)
  else
    queue(record, new)
  end
  return { 'new', record.version, serial }
end

return run(function()
  local items = list(item)
  noMoreArguments()
  open(false)
  local answers = {}
  for i, new in ipairs(items) do
    answers[i] = accept(new)
  end
  flush()
  return { 'ok', exact(wm), answers }
end)
