--[[
  Reads, and refuses a Redis that went back like everything else: what is decided on it would be wrong.
  ARGV: what, then

    held id          → held | nil              doubtful max  → held…
    told id          → { body, version } | nil outbox max    → stream entries
    field part name  → text | nil              fields part   → names and texts
    entries account day → keys and digests     pushes day       → keys and digests
]]
header()

local look = {}

function look.held()
  local record = load(text())
  return record and held(record) or false
end

function look.told()
  local record = load(text())
  return record and told(record) or false
end

function look.doubtful()
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', key('doubt'), 0, number() - 1)) do
    local record = load(id)
    if record then
      found[#found + 1] = held(record)
    end
  end
  return found
end

function look.outbox()
  return redis.call('XRANGE', key('out'), '-', '+', 'COUNT', number())
end

function look.field()
  return redis.call('HGET', key(text()), text())
end

function look.fields()
  return redis.call('HGETALL', key(text()))
end

function look.entries()
  return redis.call('HGETALL', key('seen', text() .. ':' .. text()))
end

function look.pushes()
  return redis.call('HGETALL', key('push', text()))
end

return run(function()
  local what = text()
  open(false)
  return { 'ok', exact(wm), look[what]() }
end)
