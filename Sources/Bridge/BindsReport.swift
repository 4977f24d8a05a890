import Carriers
import Foundation
import Monitor
import SMPP

/// `/binds`: the state of every carrier and bind as JSON. Adding members is not a change of `version`.
enum BindsReport {
    /// - Parameter receipts: one for each carrier.
    static func json(
        _ carriers: [CarrierStatus], receipts: [ReceiptsSnapshot], configuration: BridgeState.Snapshot
    ) -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.member("version", 1)
            json.key("configuration")
            json.object { json in
                json.member("generation", configuration.generation)
                json.member("loaded_at", configuration.loadedAt.formatted(.iso8601))
                json.member("switching", configuration.switching)
            }
            json.key("carriers")
            json.array { json in
                for (carrier, receipts) in zip(carriers, receipts) {
                    json.object { json in
                        json.member("name", carrier.name)
                        json.member("required", carrier.required)
                        json.member("ready", carrier.ready)
                        json.key("links")
                        json.array { json in
                            for link in carrier.links { json.object { write(link, to: &$0) } }
                        }
                        json.key("receipts")
                        json.object { write(receipts, to: &$0) }
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
        json.member("suspect", bind.suspect)
        json.member("drained", bind.drained)
        json.member("address", bind.address)
        json.member("local_address", bind.localAddress)
        json.member("bind_rate_limit", bind.bindRate)
        json.member("response_seconds", bind.responseSeconds)
        json.member("last_received_ago", bind.lastReceivedAgo)
        json.member("certificate_expires_at", bind.tls?.peerCertificateExpiry)
        json.key("history")
        json.array { json in
            for change in bind.history {
                json.object { json in
                    json.member("state", change.state)
                    json.member("reason", change.reason)
                    json.member("words", change.words)
                    json.member("ago", change.ago)
                }
            }
        }
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

    private static func write(_ link: LinkStatus, to json: inout JSONWriter) {
        json.member("name", link.name)
        json.member("health", link.health.rawValue)
        json.member("binds", link.binds)
    }

    private static func write(_ receipts: ReceiptsSnapshot, to json: inout JSONWriter) {
        json.member("matched", receipts.matched)
        json.member("duplicates", receipts.duplicates)
        json.member("unmatched", receipts.unmatched)
        json.member("early", receipts.early)
        json.member("other_messages", receipts.otherMessages)
        json.member("parked", receipts.parked)
        json.member("known", receipts.known)
        json.member("ids", receipts.idForm)
        json.key("states")
        json.object { json in
            for (state, count) in receipts.byState.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                json.member(state.rawValue, count)
            }
        }
    }
}
