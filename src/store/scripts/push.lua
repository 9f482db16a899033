--[[
  What the bank sent by itself is kept, with everything that follows from it. Only the owner of the epoch.
  ARGV: how many items, then each

    part, name ('' : none), field, expect, value, writes…, outbox entries…
    a write is  part, field, value ('' : taken away)

    ok, wm, 'kept' | 'other' for each item

  The first field guards its item: it must be as expected, and becomes `value`. Already that: done before,
  nothing happens. Anything else: another push of that name, or a state somebody else has changed; nothing
  of the item happens either.
]]
header()

local function small()
  return { part = text(), field = text(), value = text() }
end

local function item()
  return {
    part = text(), name = text(), field = text(), expect = text(), value = text(), writes = list(small),
    out = list(outEntry),
  }
end

local ours = { push = true, awaited = true, provisional = true, questions = true }
local known = {}

local function keyFor(part, name)
  if not ours[part] then
    fail('DEFECT', 'arguments')
  end
  return key(part, name ~= '' and name or nil)
end

local function now_(full, field)
  local at = full .. '\0' .. field
  if known[at] == nil then
    known[at] = redis.call('HGET', full, field) or ''
  end
  return known[at]
end

local function put_(full, field, value)
  known[full .. '\0' .. field] = value
  if value == '' then
    write('HDEL', full, field)
  else
    write('HSET', full, field, value)
  end
end

local function apply(one)
  local full = keyFor(one.part, one.name)
  local found = now_(full, one.field)
  if found == one.value then
    return 'kept'
  end
  if found ~= one.expect then
    return 'other'
  end
  put_(full, one.field, one.value)
  if one.name ~= '' then
    write('PEXPIRE', full, exact(retention))
  end
  for _, more in ipairs(one.writes) do
    put_(keyFor(more.part, ''), more.field, more.value)
  end
  local version = raise()
  emit(one.out, version)
  return 'kept'
end

return run(function()
  local items = list(item)
  noMoreArguments()
  open(true)
  local words = {}
  for i, one in ipairs(items) do
    words[i] = apply(one)
  end
  flush()
  return { 'ok', exact(wm), words }
end)
