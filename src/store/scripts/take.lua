--[[
  The link for this run: a new epoch, a new lease.
  ARGV: run, journal, records, leaseMs, asks ('own' | 'behind' | ''), behind ('1' | ''),
        n, other journals (identity, records)…

    ok, wm, epoch, behind ('1' | ''), time, ids claimed by an earlier owner,
    asks ('own' | the journal that is missing | ''), records of that journal

  The epoch is a watermark, so it never repeats, not even when Redis went back. If Redis is behind what the
  journal has seen, the watermark first jumps past anything that was ever published (R18). That it was behind
  is kept until the new owner claims: whoever dies before everything is put back finds it again.

  Whoever does not hold the journal of whoever claimed last, and all of it, cannot know what was sent (R3). It
  may ask and claims nothing (`asks`), and meta goes on naming the journal that is missing. Nor does it know
  what was published: the watermark jumps past 255 jumps of the other.
]]
header()

local JUMP, FAR_JUMP = 4294967296, 1099511627776

local function past(step, known)
  return (math.floor(known / step) + 1) * step
end

return run(function()
  local who, journal, records, lease = text(), text(), number(), number()
  local asks, hint = text(), text()
  local covered = { [journal] = records }
  for _ = 1, number() do
    local other = text()
    covered[other] = number()
  end
  noMoreArguments()
  local meta = key('meta')
  local found = redis.call('HMGET', meta, 'wm', 'holder', 'lease', 'journal', 'claimed', 'behind', 'records',
    'lessee', 'asks')
  wm = tonumber(found[1] or '0')
  local lessee = found[8] or found[4]
  if lessee and lessee ~= journal and found[2] ~= who and tonumber(found[3] or '0') > now then
    fail('LINK_LEASED')
  end
  local theirs = tonumber(found[7] or '0')
  local foreign = found[4] and found[5] and (covered[found[4]] or -1) < theirs
  local handedOver = not foreign and found[4] and found[5] and found[4] ~= journal
  local sending = redis.call('ZRANGE', key('sending'), 0, -1)

  local behind = (found[6] or hint ~= '' or handedOver) and '1' or ''
  if wm < seen then
    behind = '1'
    wm = past(JUMP, seen)
  else
    wm = wm + 1
  end
  if foreign then
    asks = found[4]
  elseif asks == 'behind' then
    asks = behind == '1' and 'own' or ''
  end
  if asks ~= '' and found[9] ~= asks then
    wm = past(FAR_JUMP, wm)
  end
  redis.call('HSET', meta, 'wm', exact(wm), 'epoch', exact(wm), 'holder', who, 'lessee', journal, 'lease',
    exact(now + lease))
  if behind == '1' then
    redis.call('HSET', meta, 'behind', '1')
  end
  if asks ~= '' then
    redis.call('HSET', meta, 'asks', asks)
  else
    redis.call('HSET', meta, 'journal', journal, 'records', exact(records))
    redis.call('HDEL', meta, 'asks')
    if behind == '1' then
      -- whatever Redis says: a journal that has seen more has claimed here
      redis.call('HSET', meta, 'claimed', '1')
    end
  end
  return { 'ok', exact(wm), exact(wm), behind, exact(now), sending, asks, exact(theirs) }
end)
