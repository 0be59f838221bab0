-- SPDX-License-Identifier: Apache-2.0
-- wrk script: sends the requests of a file over and over, each as the bytes it is.
--
-- BENCH_REQUESTS names the file: for each request its length in bytes, a line end, its bytes.
-- The last line printed is `RESULT` and one JSON object.
local requests, at = {}, 0

function init()
  local file = assert(io.open(assert(os.getenv("BENCH_REQUESTS"), "BENCH_REQUESTS is not set"), "rb"))
  while true do
    local length = file:read("*n")
    if not length then break end
    file:read(1)
    requests[#requests + 1] = file:read(length)
  end
  file:close()
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"calls": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.4f, "p99_ms": %.4f, ' ..
    '"failed": %d}\n', summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
