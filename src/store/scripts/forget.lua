-- A closed day: its entries expire, its state goes. Only the owner of the epoch.    ARGV: account, day
header()
return run(function()
  local account, day = text(), text()
  noMoreArguments()
  open(true)
  write('PEXPIRE', key('seen', account .. ':' .. day), exact(retention))
  write('HDEL', key('days'), account .. '|' .. day)
  flush()
  return { 'ok', exact(wm) }
end)
