--[[
  Changes and the next claim, one batch. Only the owner of the epoch.
  ARGV: how many changes, then each

    id, expect, phase, life, since, dueAt, release ('1' | ''), back ('1' | ''), message,
    account, member, freezeId, freeze, n, outbox entries…

  then the claim: seq, n (both '' : none), and records of the journal (see meta)

    ok, wm, one each of { yes, version } { stale, held | nil }, claims (held…), how many may be claimed now

  Called again: a change is known by the digest of its arguments, which it leaves behind beside the version
  it made; a claim by epoch and seq, for which meta keeps the ids (R23).
]]
header()

local function change()
  local from = at + 1
  local one = {
    id = text(), expect = text(), phase = text(), life = text(), since = number(), dueAt = number(),
    release = text(), back = text(), message = text(), account = text(), member = text(), freezeId = text(),
    freeze = text(), out = list(outEntry),
  }
  if one.phase == 'sending' or (one.back ~= '' and one.phase ~= 'received') then
    fail('DEFECT', 'arguments')
  end
  one.digest = redis.sha1hex(exact(epoch) .. '\n' .. table.concat(ARGV, '\n', from, at))
  return one
end

-- The answer to a change; where a stale one stands now is filled in after the claim, which may move it.
local function apply(one)
  local record = load(one.id)
  if not record then
    return { 'stale', false }
  end
  if record.version ~= one.expect then
    if record.change == one.digest then
      return { 'yes', record.changeTo }
    end
    return { 'stale', record }
  end
  if final(record.phase) and record.phase ~= one.phase then
    fail('DEFECT', 'final')
  end

  local version = raise()
  set(record, 'version', version)
  set(record, 'phase', one.phase)
  set(record, 'life', one.life)
  set(record, 'change', one.digest)
  set(record, 'changeTo', version)
  emit(one.out, version)
  tell(record, one.message, one.out)
  if one.member ~= '' then
    keepMember(one.account, one.member, version)
  end
  if one.freeze ~= '' then
    write('HSET', key('freezes'), one.freezeId, one.freeze)
  end

  local dueAt = one.dueAt
  if one.phase == 'received' then
    dueAt = dueAt or tonumber(record.expires)
  end
  stand(record, dueAt, one.since)
  if final(one.phase) then
    retire(record, dueAt)
  elseif one.release ~= '' then
    release(record)
  end
  if one.back ~= '' then
    offer(record)
  end
  return { 'yes', version }
end

-- What is ready in order of acceptance: what Redis has, and what this script itself has just let go.
local function readyOnes()
  local mine, touched = {}, {}
  if places.ready then
    touched = places.ready.scores
    for id, score in pairs(touched) do
      if score then
        mine[#mine + 1] = { id, score }
      end
    end
    table.sort(mine, function(a, b) return a[2] < b[2] end)
  end
  local stored, from, i, m = {}, 0, 1, 1
  local name = key('ready')
  return function()
    while true do
      if i > #stored then
        stored = redis.call('ZRANGE', name, from, from + PAGE - 1, 'WITHSCORES')
        from, i = from + PAGE, 1
      end
      if stored[i] == nil or touched[stored[i]] == nil then
        break
      end
      i = i + 2
    end
    local own = mine[m]
    if stored[i] and (not own or tonumber(stored[i + 1]) < own[2]) then
      i = i + 2
      return stored[i - 2]
    end
    m = m + 1
    return own and own[1]
  end
end

-- Expired ones are passed over, not taken out: they are due, and the clock may yet be put right (R25).
local SCAN_MAX = 1000

local function claim(n)
  local claimed = {}
  local nextReady = readyOnes()
  for _ = 1, n + SCAN_MAX do
    local id = #claimed < n and nextReady()
    if not id then
      break
    end
    local record = load(id)
    if not record or record.phase ~= 'received' then
      put('ready', id, false)
    elseif tonumber(record.expires) > now then
      set(record, 'version', raise())
      set(record, 'phase', 'sending')
      set(record, 'attempt', exact(tonumber(record.attempt) + 1))
      set(record, 'epoch', exact(epoch))
      stand(record, nil)
      claimed[#claimed + 1] = id
    end
  end
  return claimed
end

local function claimOnce(seq, n)
  local meta = key('meta')
  local found = redis.call('HMGET', meta, 'claimEpoch', 'claimSeq', 'claimIds', 'asks')
  if found[4] then
    fail('DEFECT', 'asks')
  end
  if found[1] == exact(epoch) and seq <= tonumber(found[2]) then
    -- an older claim than the last one has nobody waiting for it
    return seq == tonumber(found[2]) and cjson.decode(found[3]) or {}
  end
  promote()
  local ids = claim(n)
  local kept = #ids > 0 and cjson.encode(ids) or '[]'
  write('HSET', meta, 'claimEpoch', exact(epoch), 'claimSeq', exact(seq), 'claimIds', kept)
  write('HDEL', meta, 'behind')
  if #ids > 0 then
    write('HSET', meta, 'claimed', '1')
  end
  return ids
end

return run(function()
  local changes = list(change)
  local seq, n = number(), number()
  local journaled = number()
  noMoreArguments()
  open(true)
  keepRecords(journaled)
  local results, claims = {}, {}
  for i, one in ipairs(changes) do
    results[i] = apply(one)
  end
  if seq then
    for _, id in ipairs(claimOnce(seq, n)) do
      local record = load(id)
      if record then
        claims[#claims + 1] = held(record)
      end
    end
  end
  for _, result in ipairs(results) do
    if result[1] == 'stale' and result[2] then
      result[2] = held(result[2])
    end
  end
  local ready = key('ready')
  flush()
  return { 'ok', exact(wm), results, claims, redis.call('ZCARD', ready) }
end)
