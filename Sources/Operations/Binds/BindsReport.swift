import Carriers
import Foundation
import HTTPService
import Intake
import Journal
import NIOCore
import SMPP

/// `/binds`: a `MonitorSnapshot` as JSON. Adding members is not a change of `version`.
///
/// Members are snake_case; times are seconds, moments are RFC 3339 in UTC or, where named `…_expires_at`, Unix seconds;
/// what is not known or does not apply is null.
enum BindsReport {
    static let version = 1

    static func json(_ snapshot: MonitorSnapshot) -> JSONWriter {
        var json = JSONWriter()
        json.object { writeMembers(snapshot, carriers: snapshot.carriers, to: &$0) }
        return json
    }

    /// The members of the document, with these carriers and so many quotas; nil = all.
    static func writeMembers(
        _ snapshot: MonitorSnapshot, carriers: [CarrierSnapshot], mostQuotas: Int? = nil, to json: inout JSONWriter
    ) {
        json.member("version", version)
        json.member("taken_at", snapshot.takenAt.formatted(.iso8601))
        json.key("configuration")
        json.object { json in
            json.member("generation", snapshot.configuration.generation)
            json.member("loaded_at", snapshot.configuration.loadedAt.formatted(.iso8601))
            json.member("switching", snapshot.configuration.switching)
            json.member("last_reload_successful", snapshot.configuration.refused == nil)
            json.key("refused")
            if let refused = snapshot.configuration.refused {
                json.object { json in
                    json.member("at", refused.at.formatted(.iso8601))
                    json.member("problems", refused.problems)
                    json.member("first", refused.first)
                }
            } else {
                json.null()
            }
        }
        json.member("headline", snapshot.headline)
        json.key("troubles")
        json.array { json in
            for trouble in snapshot.troubles {
                json.object { json in
                    json.member("code", trouble.code.rawValue)
                    json.member("critical", trouble.isCritical)
                    json.member("short", trouble.short)
                    json.member("words", trouble.words)
                }
            }
        }
        json.key("intake")
        json.object { write(snapshot.intake, certificateExpiry: snapshot.intakeCertificate.expiry, to: &$0) }
        json.member("monitor_certificate_expires_at", snapshot.monitorCertificate?.expiry)
        json.key("process")
        json.object { write(snapshot.process, takenAt: snapshot.takenAt, to: &$0) }
        json.key("journal")
        if let journal = snapshot.journal {
            json.object { write(journal, takenAt: snapshot.takenAt, to: &$0) }
        } else {
            json.null()
        }
        json.key("in_doubt")
        json.array { json in
            for message in snapshot.inDoubt { json.object { write(message, to: &$0) } }
        }
        json.key("quotas")
        write(snapshot.intake.quotas, most: mostQuotas, to: &json)
        json.key("carriers")
        json.array { json in
            for carrier in carriers { write(carrier, to: &json) }
        }
    }

    /// A carrier as an object.
    static func write(_ carrier: CarrierSnapshot, to json: inout JSONWriter) {
        let status = carrier.status
        json.object { json in
            json.member("name", status.name)
            json.member("required", status.required)
            json.member("ready", status.ready)
            json.member("light", status.light.rawValue)
            json.member("summary", status.summary)
            writeFlow(status, to: &json)
            json.key("links")
            json.array { json in
                for link in status.links {
                    json.object { json in
                        json.member("name", link.name)
                        json.member("health", link.health.rawValue)
                        json.member("binds", link.binds)
                    }
                }
            }
            json.key("receipts")
            json.object { write(carrier.receipts, to: &$0) }
            json.key("trace")
            if let trace = carrier.trace { trace.write(to: &json) } else { json.null() }
            json.key("binds")
            json.array { json in
                for (place, bind) in status.binds.enumerated() {
                    let recent = carrier.recent.indices.contains(place) ? carrier.recent[place] : BindRecent()
                    json.object { write(bind, recent, to: &$0) }
                }
            }
        }
    }

    /// Whether it takes messages, how fast, and what waits.
    private static func writeFlow(_ status: CarrierStatus, to json: inout JSONWriter) {
        let (state, pace, queue) = (status.state, status.pace, status.queue)
        json.member("state", status.condition.rawValue)
        json.member("since", rounded(state.since))
        json.member("trouble", status.trouble)
        json.key("why")
        if status.why == nil {
            json.null()
        } else {
            json.object { json in
                if case .refuses(let code)? = state.trouble {
                    json.member("code", "refuses")
                    json.member("status", "\(code.hex) \(code.name)")
                } else {
                    json.member("code", "silent")
                    json.member("status", nil as String?)
                }
            }
        }
        json.member("tried_in", status.why == nil ? nil : state.triedIn.map(rounded))
        json.key("pace")
        json.object { json in
            json.member("configured", pace.configured)
            json.member("learnt", pace.learnt.map(rounded))
            json.member("current", pace.current.map(rounded))
            json.member("refused_share", rounded(pace.noise))
            json.member("slowed", status.isSlowed)
        }
        json.key("queue")
        json.object { json in
            json.member("messages", queue.messages)
            json.member("segments", queue.segments)
            json.member("wait", rounded(queue.wait))
            json.member("not_in_time", queue.notInTime)
            json.member("overloaded", status.isOverloaded)
            json.key("refused")
            json.object { json in
                for (reason, count) in queue.refused.sorted(by: { $0.key < $1.key }) { json.member(reason, count) }
            }
        }
    }

    private static func write(_ intake: IntakeStatistics, certificateExpiry: Int64, to json: inout JSONWriter) {
        json.member("requests", intake.requests)
        json.member("handed", intake.handed)
        json.member("clients_gone", intake.clientsGone)
        json.member("late_replies", intake.lateReplies)
        json.member("handler_timeouts", intake.handlerTimeouts)
        json.member("connections", intake.connections)
        json.member("connections_refused", intake.connectionsRefused)
        json.member("connections_limit", intake.places)
        json.member("full_for", intake.fullFor)
        json.member("draining", intake.isDraining)
        json.member("certificate_expires_at", certificateExpiry)
        json.key("lockouts")
        json.object { write(intake.lockOuts, to: &$0) }
    }

    private static func write(_ lockOuts: LockOutStatus, to json: inout JSONWriter) {
        for kind in Lock.Kind.allCases { json.member(kind.rawValue, lockOuts.counts[kind, default: 0]) }
        json.key("longest")
        json.array { json in
            for lock in lockOuts.locks {
                json.object { json in
                    json.member("kind", lock.kind.rawValue)
                    json.member("login", lock.login)
                    json.member("address", lock.address)
                    json.member("left", rounded(lock.left(now: .now())))
                }
            }
        }
    }

    private static func write(_ process: ProcessStatus, takenAt: Date, to json: inout JSONWriter) {
        json.member("version", process.version)
        json.member("started_at", process.startedAt.formatted(.iso8601))
        json.member("uptime", rounded(takenAt.timeIntervalSince(process.startedAt)))
        json.member("pid", process.pid)
        json.member("cpu_seconds", process.cpuSeconds)
        json.member("resident_bytes", process.residentBytes)
        json.member("threads", process.threads)
        json.member("open_files", process.openFiles)
        json.member("max_files", process.maxFiles)
    }

    private static func write(_ journal: JournalHealth, takenAt: Date, to json: inout JSONWriter) {
        json.member("writing", journal.isWriting)
        json.member("problem", journal.problem?.kind.rawValue)
        json.member("since", rounded(max(0, takenAt.timeIntervalSince1970 - Double(journal.since) / 1000)))
        json.member("queued", journal.queued)
        json.member("in_doubt", journal.inDoubt)
        json.member("replayed", journal.replayed)
        json.member("dropped", journal.dropped)
    }

    private static func write(_ message: InDoubtStatus, to json: inout JSONWriter) {
        json.member("id", message.id)
        json.member("account", message.account)
        json.member("carrier", message.carrier)
        json.member("to", message.maskedNumber)
        json.member("ago", rounded(message.ago))
        json.member("reason", message.reason)
    }

    private static func write(_ bind: BindStatus, _ recent: BindRecent, to json: inout JSONWriter) {
        json.member("name", bind.name)
        json.member("kind", bind.kind.rawValue)
        json.member("light", bind.light.rawValue)
        json.member("state", bind.state)
        json.member("since", rounded(bind.since))
        json.member("down_for", bind.downFor.map(rounded))
        json.member("trouble", bind.trouble)
        json.member("host", bind.host)
        json.member("address", bind.link.address)
        json.member("local_address", bind.link.localAddress)
        json.member("smsc_system_id", bind.link.smscSystemID)
        json.member("tls", bind.link.tls?.version)
        json.member("tls_wanted", bind.link.isTLSWanted)
        json.member("tls_cipher", bind.link.tls?.cipher)
        json.member("certificate_expires_at", bind.link.tls?.peerCertificateExpiry)
        json.member("last_error", bind.failure?.words)
        json.member("last_error_short", bind.failure?.short)
        json.member("last_error_code", bind.failure?.code.rawValue)
        json.member("next_attempt_in", bind.nextAttemptIn.map(rounded))
        writeTraffic(bind, recent, to: &json)
        json.key("history")
        json.array { json in
            for change in bind.history {
                json.object { json in
                    json.member("state", change.state)
                    json.member("reason", change.failure?.code.rawValue)
                    json.member("words", change.failure?.words.en)
                    json.member("short", change.failure?.short)
                    json.member("ago", rounded(change.ago))
                }
            }
        }
        json.key("totals")
        json.object { json in
            json.member("accepted", bind.totals.segments.accepted)
            json.member("refused", bind.totals.segments.refused)
            json.member("unknown", bind.totals.segments.unknown)
            json.member("late", bind.totals.segments.late)
            json.member("throttled", bind.totals.segments.throttled)
            json.member("displaced", bind.totals.displaced)
            json.member("delivered", bind.totals.delivered)
            json.member("misplaced", bind.totals.misplaced)
            json.member("flawed", bind.totals.flawed)
        }
    }

    private static func writeTraffic(_ bind: BindStatus, _ recent: BindRecent, to json: inout JSONWriter) {
        json.member("window_in_use", bind.window.inUse)
        json.member("window_size", bind.window.size)
        json.member("waiting", bind.window.waiting)
        json.member("rate", recent.rate)
        json.member("rate_limit", bind.pace.carrierLimit)
        json.member("bind_rate_limit", bind.pace.bindLimit)
        json.member("recovering_limit", bind.pace.recoveringLimit.map(rounded))
        json.member("throttled", bind.pace.isStopped)
        json.member("congestion", bind.pace.congestion)
        json.member("suspect", bind.link.isSuspect)
        json.member("drained", bind.drained)
        json.member("response_seconds", bind.times.response.map(rounded))
        json.member("recent_answers", recent.answers)
        json.member("response_p50", recent.p50.map(rounded))
        json.member("response_p95", recent.p95.map(rounded))
        json.member("response_p99", recent.p99.map(rounded))
        json.member("enquire_link_rtt", bind.link.enquireLinkRTT.map(rounded))
        json.member("last_received_ago", bind.link.lastReceivedAgo.map(rounded))
    }

    private static func write(_ receipts: ReceiptsSnapshot, to json: inout JSONWriter) {
        json.member("matched", receipts.matched)
        json.member("duplicates", receipts.duplicates)
        json.member("unmatched", receipts.unmatched)
        json.key("unmatched_reasons")
        json.object { json in
            for (reason, count) in receipts.unmatchedReasons.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                json.member(reason.rawValue, count)
            }
        }
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

    /// To microseconds: more digits than that are noise.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }
}
