-- SPDX-License-Identifier: Apache-2.0
-- The load of one run. Arguments: what (get | read | create | keyed), path, rows, seed, then village and township.
-- Requests are formatted beforehand: this script shares the machine with what it measures.
local PREPARED = 20000
local requests = {}
local before, after
local n = 0

local note = "拟在原址翻建住房两层，占地一百二十平方米，四邻无争议，已经村民小组会议讨论通过并公示五日。"

local function body(village, township)
	return '{"village":"' .. village .. '","township":"' .. township ..
		'","state":"open","title":"农村宅基地用地申请第五号","area":120,"note":"' .. note .. '"}'
end

function init(args)
	local what, path, rows, seed = args[1], args[2], tonumber(args[3]), args[4]

	math.randomseed(tonumber(seed))
	if what == "read" then
		for i = 1, PREPARED do
			requests[i] = wrk.format("GET", path .. math.random(rows))
		end
		return
	end
	if what == "create" or what == "keyed" then
		wrk.method = "POST"
		wrk.headers["Content-Type"] = "application/json"
		wrk.body = body(args[5], args[6])
	end
	if what == "keyed" then
		wrk.headers["Idempotency-Key"] = "bench-" .. seed .. "-@@"
		local text = wrk.format(nil, path)
		local at = text:find("@@", 1, true)
		before, after = text:sub(1, at - 1), text:sub(at + 2)
		return
	end
	requests[1] = wrk.format(nil, path)
end

function request()
	n = n + 1
	if before then
		return before .. n .. after
	end
	return requests[(n - 1) % #requests + 1]
end

function done(summary, latency)
	local errors = summary.errors
	print(string.format('RESULT {"requests": %d, "us": %d, "p50": %d, "p99": %d, "bad": %d, "broken": %d}',
		summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
		errors.connect + errors.read + errors.write + errors.timeout))
end
