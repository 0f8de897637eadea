-- For wrk: asks the addresses of a file one after the other, from a given one on; prints what was measured as JSON.
-- wrk … -s load.lua URL -- FILE FIRST [TAG]

local addresses, place, headers = {}, 0, {}

function init(args)
  for line in io.lines(args[1]) do
    addresses[#addresses + 1] = line
  end
  place = tonumber(args[2])
  if args[3] then
    headers["If-None-Match"] = args[3]
  end
end

function request()
  place = place + 1
  return wrk.format("GET", addresses[(place - 1) % #addresses + 1], headers)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "worst": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
