--[[
  The link is this journal's from now on, and may claim. Only the owner of the epoch.    ARGV: journal, records

    ok, wm
]]
header()
return run(function()
  local journal, records = text(), number()
  noMoreArguments()
  open(true)
  local meta = key('meta')
  write('HSET', meta, 'journal', journal, 'records', exact(records), 'claimed', '1')
  write('HDEL', meta, 'asks')
  flush()
  return { 'ok', exact(wm) }
end)
