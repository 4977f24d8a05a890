-- wrk: one PlanFix form, the same each time (the number has no fault ending).
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "login=bench&password=bench-password&from=BENCH&to=79161234567&text="
    .. "%D0%92%D0%B0%D1%88+%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7+1042+%D0%B3%D0%BE%D1%82%D0%BE%D0%B2"

-- One line that the script reads: requests, microseconds, p99 in microseconds, errors of every kind.
done = function(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
