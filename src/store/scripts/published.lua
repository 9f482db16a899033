-- Drops the outbox below an id. Guarded, for ids of a Redis that went back name other entries.    ARGV: id
header()
return run(function()
  local below = text()
  noMoreArguments()
  open(false)
  write('XTRIM', key('out'), 'MINID', '=', below)
  flush()
  return { 'ok', exact(wm) }
end)
