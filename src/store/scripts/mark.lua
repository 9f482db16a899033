--[[
  Entries of one account's day become known and their notices go out. Only the owner of the epoch.
  ARGV: account, day, state ('1' and the text | ''), how many entries, then each

    key, expect ('' : not known), digest, n, outbox entries…

    ok, wm

  All or nothing: an entry that is neither as expected nor already as wanted refuses the whole call, for the
  caller has judged a day that is not there any more.
]]
header()

local function entry()
  return { key = text(), expect = text(), digest = text(), out = list(outEntry) }
end

return run(function()
  local account, day = text(), text()
  local state = text() ~= '' and text()
  local entries = list(entry)
  noMoreArguments()
  open(true)
  local name = key('seen', account .. ':' .. day)
  local known = {}
  for _, one in ipairs(entries) do
    local digest = known[one.key] or redis.call('HGET', name, one.key) or ''
    if digest ~= one.digest then
      if digest ~= one.expect then
        fail('DEFECT', 'entries')
      end
      write('HSET', name, one.key, one.digest)
      emit(one.out, raise())
    end
    known[one.key] = one.digest
  end
  if state then
    write('HSET', key('days'), account .. '|' .. day, state)
  end
  flush()
  return { 'ok', exact(wm) }
end)
