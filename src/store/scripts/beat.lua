--[[
  The heartbeat: renews the lease and says what there is to do. Only the owner of the epoch.
  ARGV: leaseMs, dueMax, records of the journal (see meta)

    ok, wm, time, ready, nextReadyAt | '', due (held…), sending ({ id, attempt, epoch }…),
    how many are doubtful, since when | '', length of the outbox
]]
header()
return run(function()
  local lease, dueMax, journaled = number(), number(), number()
  noMoreArguments()
  open(true)
  keepRecords(journaled)
  promote()

  local due = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('due'), '-inf', exact(now), 'LIMIT', 0, dueMax)) do
    local record = load(id)
    if record and record.phase ~= 'sending' then
      due[#due + 1] = held(record)
    else
      put('due', id, false)
    end
  end
  local sending = {}
  for _, id in ipairs(redis.call('ZRANGE', key('sending'), 0, -1)) do
    local record = load(id)
    if record then
      sending[#sending + 1] = { id, record.attempt, record.epoch }
    end
  end
  local oldest = redis.call('ZRANGE', key('doubt'), 0, 0, 'WITHSCORES')
  local doubtful = redis.call('ZCARD', key('doubt'))
  local outbox = redis.call('XLEN', key('out'))
  local ready, later = key('ready'), key('later')

  write('HSET', key('meta'), 'lease', exact(now + lease))
  flush()
  local nextOne = redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')
  return { 'ok', exact(wm), exact(now), redis.call('ZCARD', ready), nextOne[2] or '', due, sending, doubtful,
    oldest[2] or '', outbox }
end)
