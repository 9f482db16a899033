--[[
  What is known of a member: every operation that says something of its account adds to one record. What came
  last is told by the version of the change, field by field, so that the journal may give changes back in any
  order, and twice. A payout account once bound stays, unless a change says that it binds another one.

    { account, name, payout, bank, openedBy, since, versions = { name, payout, rebound, opened, 'bank.x' } }
]]

local members = {}

local function memberOf(account)
  if not members[account] then
    local found = redis.call('HGET', key('members'), account)
    local record = found and cjson.decode(found) or { account = account, name = '' }
    -- one that was kept before versions were has these, older than any change
    local old = { name = '0', payout = '0', opened = '0' }
    record.versions = record.versions or (found and old or {})
    members[account] = record
  end
  return members[account]
end

local function bind(record, said, version)
  local versions = record.versions
  local bound = versions.payout and tonumber(versions.payout)
  if said.rebinds then
    if tonumber(version) > tonumber(versions.rebound or '-1') then
      record.payout, versions.rebound = said.payout, version
    end
  elseif not versions.rebound and (not bound or tonumber(version) < bound) then
    record.payout, versions.payout = said.payout, version
  end
end

-- `given`: JSON of what one operation says of `account`; `version`: of the change that says it
local function keepMember(account, given, version)
  local said = cjson.decode(given)
  local record = memberOf(account)
  local versions = record.versions
  local function later(field)
    local after = tonumber(version) > tonumber(versions[field] or '-1')
    versions[field] = after and version or versions[field]
    return after
  end
  if said.name and later('name') then
    record.name = said.name
  end
  for name, value in pairs(said.bank or {}) do
    if later('bank.' .. name) then
      record.bank = record.bank or {}
      record.bank[name] = value
    end
  end
  if said.payout then
    bind(record, said, version)
  end
  if not versions.opened or tonumber(version) < tonumber(versions.opened) then
    record.openedBy, record.since, versions.opened = said.openedBy, said.since, version
  end
  write('HSET', key('members'), account, cjson.encode(record))
end
