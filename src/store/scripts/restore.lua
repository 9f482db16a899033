--[[
  Instructions put back from the journal; one that is not where it is expected is left alone.
  ARGV: how many, then each

    id, digest, serial, phase, intent, life, since, attempt, expect ('' : not known), dueAt, expiresAt, orderKey,
    told, toldVersion, account, member, freezeId, freeze, n, outbox entries…

    ok, wm
]]
header()

local function item()
  return {
    id = text(), digest = text(), serial = text(), phase = text(), intent = text(), life = text(),
    since = number(), attempt = text(), expect = text(), dueAt = number(), expires = number(), order = text(),
    told = text(), toldVersion = text(), account = text(), member = text(), freezeId = text(),
    freeze = text(), out = list(outEntry),
  }
end

-- It was claimed before anything that still waits under its key: it goes to the front, and who stood there
-- waits again.
local function inFront(record, name)
  set(record, 'order', name)
  if final(record.phase) then
    return
  end
  local order = orderOf(name)
  local head = headOf(order)
  if head then
    put('ready', head, false)
    put('later', head, false)
  end
  table.insert(order.front, 1, record.id)
end

local function restore(old)
  local record = load(old.id)
  if (record and record.version or '') ~= old.expect then
    return
  end
  if record and final(record.phase) and record.phase ~= old.phase then
    fail('DEFECT', 'final')
  end
  local version = raise()
  local fields = {
    version = version, phase = old.phase, attempt = old.attempt, epoch = '0', digest = old.digest,
    intent = old.intent, life = old.life, expires = exact(old.expires), change = '', changeTo = '',
  }
  local fresh = record == nil
  record = record or create(old.id)
  if fresh then
    fields.seq = version
  end
  for field, value in pairs(fields) do
    set(record, field, value)
  end
  -- the journal has the last word on who owns a number
  if old.serial ~= '' then
    set(record, 'serial', old.serial)
    write('SET', key('serial', old.serial), old.id)
  end
  if old.told ~= '' then
    set(record, 'told', old.told)
    set(record, 'toldVersion', old.toldVersion)
  end
  if fresh and old.order ~= '' then
    inFront(record, old.order)
  end
  emit(old.out, version)
  if old.member ~= '' then
    keepMember(old.account, old.member, old.toldVersion ~= '' and old.toldVersion or '0')
  end
  -- a record Redis has is never older than the journal's
  if old.freeze ~= '' then
    write('HSETNX', key('freezes'), old.freezeId, old.freeze)
  end

  local dueAt = old.dueAt
  if old.phase == 'received' then
    dueAt = dueAt or old.expires
  end
  stand(record, dueAt, old.since)
  if final(old.phase) then
    retire(record, dueAt)
  elseif old.phase ~= 'received' then
    awaitNoMore(record)
  else
    offer(record)
  end
end

return run(function()
  local items = list(item)
  noMoreArguments()
  open(true)
  for _, old in ipairs(items) do
    restore(old)
  end
  flush()
  return { 'ok', exact(wm) }
end)
