--[[
  The link for this run: a new epoch, a new lease.    ARGV: run, journal, leaseMs

    ok, wm, epoch, behind ('1' | ''), time, ids claimed by an earlier owner

  The epoch is a watermark, so it never repeats, not even when Redis went back. If Redis is behind what the
  journal has seen, the watermark first jumps past anything that was ever published (R18). That it was behind
  is kept until the new owner claims: whoever dies before everything is put back finds it again.
]]
header()
return run(function()
  local who, journal, lease = text(), text(), number()
  noMoreArguments()
  local meta = key('meta')
  local found = redis.call('HMGET', meta, 'wm', 'holder', 'lease', 'journal', 'claimed', 'behind')
  wm = tonumber(found[1] or '0')
  local foreign = found[4] and found[4] ~= journal
  if foreign and found[2] ~= who and tonumber(found[3] or '0') > now then
    fail('LINK_LEASED')
  end
  if foreign and found[5] then
    fail('JOURNAL_FOREIGN')
  end
  local sending = redis.call('ZRANGE', key('sending'), 0, -1)

  local behind = found[6] and '1' or ''
  if wm < seen then
    behind = '1'
    wm = (math.floor(seen / 4294967296) + 1) * 4294967296
  else
    wm = wm + 1
  end
  redis.call('HSET', meta, 'wm', exact(wm), 'epoch', exact(wm), 'holder', who, 'journal', journal, 'lease',
    exact(now + lease))
  if behind == '1' then
    -- whatever Redis says: a journal that has seen more has claimed here
    redis.call('HSET', meta, 'behind', '1', 'claimed', '1')
  end
  return { 'ok', exact(wm), exact(wm), behind, exact(now), sending }
end)
