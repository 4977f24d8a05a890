-- wrk: PlanFix forms, no two alike, as PlanFix makes none: a repeat would be answered from the journal.
-- Arguments: SEED (another one in each run), a file of credentials (`login=…&password=…` or `key=…`, one a line, used in turn), CHARACTERS
-- of the text (default: as many as it has), and `kannel` for Kannel's way to ask.
local threads = 0

function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

local count, credentials = 0, {}

function init(arguments)
    local words = "&text=%D0%92%D0%B0%D1%88+%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7+%D0%B3%D0%BE%D1%82%D0%BE%D0%B2+"
    local length = tonumber(arguments[3] or 0) - 30
    filler = words .. string.rep("%D0%B9", length > 0 and length or 0)
    seed = arguments[1]
    kannel = arguments[4] == "kannel"
    for line in io.lines(arguments[2]) do
        if kannel then line = "/cgi-bin/sendsms?charset=utf-8&coding=2&" .. line:gsub("^login", "username") end
        credentials[#credentials + 1] = line .. "&from=BENCH&to=7916"
    end
    if kannel then return end
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
    count = count + 1
    local number = string.format("%07d", (count * 2 + id) % 10000000)
    local form = credentials[count % #credentials + 1] .. number .. filler .. id .. "x" .. count .. "x" .. seed
    if kannel then return wrk.format("GET", form) end
    return wrk.format(nil, nil, nil, form)
end

-- One line that the script reads: requests, microseconds, p99 in microseconds, errors of every kind.
done = function(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
