-- A log of what passed within the last period, as a hash. Entries have consecutive numbers from `first` to below `next`,
-- and say when units passed and how many had passed up to then. In microseconds of the server's clock.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local period, limit, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local kept = redis.call('HMGET', KEYS[1], 'first', 'next', 'gone', 'total', 'last', 'set_back')
for index = 1, 6 do kept[index] = tonumber(kept[index] or 0) end
local first, next, gone, total, last, set_back = unpack(kept)

-- Time never goes backwards here: while the clock does, it stands still.
if first < next then set_back = math.max(set_back, last - now) end
local at = now + set_back

local function entry(number)
  local passed_at, passed_total = string.match(redis.call('HGET', KEYS[1], number), '^(%d+):(%d+)$')
  return tonumber(passed_at), tonumber(passed_total)
end

-- What has been forgotten makes room.
local forgotten = {}
while first < next do
  local passed_at, passed_total = entry(first)
  if passed_at + period > at then break end
  forgotten[#forgotten + 1] = first
  first, gone = first + 1, passed_total
end

local admitted = total - gone + cost <= limit
if first == next and (cost == 0 or not admitted) then
  redis.call('DEL', KEYS[1])
else
  for from = 1, #forgotten, 1000 do
    redis.call('HDEL', KEYS[1], unpack(forgotten, from, math.min(from + 999, #forgotten)))
  end
  if admitted and cost > 0 then
    total, last = total + cost, at
    redis.call('HSET', KEYS[1], next, string.format('%.0f:%.0f', at, total))
    next = next + 1
  end
  redis.call('HSET', KEYS[1], 'first', first, 'next', next, 'gone', gone, 'total', total, 'last', last,
    'set_back', set_back)
  redis.call('PEXPIRE', KEYS[1], math.ceil((last + period - at) / 1000))
end

-- When so much will have been forgotten that this cost passes: the first entry with enough units up to it.
local retry, reset = 0, 0
local too_many = total - gone + cost - limit
if too_many > 0 then
  local low, high = first, next - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local _, passed_total = entry(middle)
    if passed_total - gone < too_many then low = middle + 1 else high = middle end
  end
  local passed_at = entry(low)
  retry = passed_at + period - at
end
if first < next then reset = last + period - at end
return { admitted and 1 or 0, now, limit - (total - gone), retry, reset }
