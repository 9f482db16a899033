-- Gives the lease up; the epoch stays. A later owner's lease is not touched.    ARGV: none
header()
return run(function()
  noMoreArguments()
  open(false)
  if redis.call('HGET', key('meta'), 'epoch') == exact(epoch) then
    redis.call('HSET', key('meta'), 'lease', '0')
  end
  return { 'ok', exact(wm) }
end)
