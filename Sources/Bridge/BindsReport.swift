import Carriers
import Monitor
import SMPP

/// `/binds`: the state of every carrier and bind as JSON. Adding members is not a change of `version`.
enum BindsReport {
    static func json(_ carriers: [CarrierStatus]) -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.member("version", 1)
            json.key("carriers")
            json.array { json in
                for carrier in carriers {
                    json.object { json in
                        json.member("name", carrier.name)
                        json.member("required", carrier.required)
                        json.member("ready", carrier.ready)
                        json.key("binds")
                        json.array { json in
                            for bind in carrier.binds { json.object { write(bind, to: &$0) } }
                        }
                    }
                }
            }
        }
        return json
    }

    /// Times are seconds.
    private static func write(_ bind: BindStatus, to json: inout JSONWriter) {
        json.member("name", bind.name)
        json.member("kind", bind.kind.rawValue)
        json.member("state", bind.state)
        json.member("since", bind.since)
        json.member("host", bind.host)
        json.member("last_error", bind.lastError)
        json.member("last_error_code", bind.lastErrorCode)
        json.member("next_attempt_in", bind.nextAttemptIn)
        json.member("smsc_system_id", bind.smscSystemID)
        json.member("window_in_use", bind.windowInUse)
        json.member("window_size", bind.windowSize)
        json.member("waiting", bind.waiting)
        json.member("rate_limit", bind.rateLimit)
        json.member("recovering_limit", bind.recoveringLimit)
        json.member("throttled", bind.throttled)
        json.member("congestion", bind.congestion)
        json.member("enquire_link_rtt", bind.enquireLinkRTT)
        json.key("totals")
        json.object { json in
            json.member("accepted", bind.accepted)
            json.member("refused", bind.refused)
            json.member("unknown", bind.unknown)
            json.member("late", bind.late)
            json.member("throttled", bind.throttledTotal)
            json.member("delivered", bind.delivered)
            json.member("misplaced", bind.misplaced)
        }
    }
}
