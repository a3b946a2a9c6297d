-- One number for each key: when everything that was taken has come back. In microseconds of the server's clock.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local latest = now + interval * burst

-- A clock that went backwards frees nobody, and locks nobody out for longer than a whole burst takes.
local back = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now), latest)

local taken = back + interval * cost
local admitted = taken <= latest
if admitted and cost > 0 then
  back = taken
  redis.call('SET', KEYS[1], string.format('%.0f', back), 'PX', math.ceil((back - now) / 1000))
end
return { admitted and 1 or 0, now, back }
