import Carriers
import HTTPService
import Intake
import SMPP

/// What `/metrics` tells of messages: the HTTP side, the windows, the carriers' answers and their receipts.
extension MetricsReport {
    static func writeTraffic(_ carriers: [CarrierStatus], to metrics: inout MetricsWriter) {
        func family(_ name: String, _ help: String, _ value: (BindStatus) -> Int) {
            metrics.family(name, .gauge, help)
            for (carrier, bind) in binds(carriers) {
                metrics.sample(value(bind), ["carrier": carrier, "bind": bind.name])
            }
        }
        family("smppost_window_in_use", "Requests that wait for the carrier's answer.", \.window.inUse)
        family("smppost_window_size", "Requests that may wait for the carrier's answer at once.", \.window.size)
        family("smppost_messages_waiting", "Messages in front of the window.", \.window.waiting)
        family("smppost_throttle_stopped", "1 while the carrier made the bind stop for speed.") {
            $0.pace.isStopped ? 1 : 0
        }
        family("smppost_congestion_state", "The carrier's congestion_state, 0 to 100.", \.pace.congestion)
        metrics.family(
            "smppost_bind_tps_limit", .gauge,
            "PDUs per second that the bind may write now: its own limit, or a lower one after a refusal for speed.")
        for (carrier, bind) in binds(carriers) {
            guard let limit = [bind.pace.bindLimit, bind.pace.recoveringLimit].compactMap(\.self).min() else {
                continue
            }
            metrics.sample(limit, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family(
            "smppost_window_wait_seconds", .histogram,
            "From the taking of a message by a bind to the write of its first segment.")
        for carrier in carriers { write(sum(carrier, \.times.windowWaits), of: carrier, to: &metrics) }
        metrics.family(
            "smppost_displaced_total", .counter, "Messages that lost their waiting place to another account's.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.totals.displaced, ["carrier": carrier, "bind": bind.name])
        }
    }

    static func writeSubmits(_ carriers: [CarrierStatus], to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_submit_total", .counter,
            "Segments written, by the name of the carrier's status; timeout = no answer in time, lost = connection lost."
        )
        for carrier in carriers {
            var counts: [String: UInt64] = [CommandStatus.ok.name: 0, "timeout": 0, "lost": 0]
            for bind in carrier.binds {
                counts[CommandStatus.ok.name, default: 0] += bind.totals.segments.accepted
                counts["lost", default: 0] += bind.totals.segments.lost
                counts["timeout", default: 0] += bind.totals.segments.unknown - bind.totals.segments.lost
                counts.merge(bind.totals.refusals, uniquingKeysWith: +)
            }
            for (status, count) in counts.sorted(by: { $0.key < $1.key }) {
                metrics.sample(count, ["carrier": carrier.name, "status": status])
            }
        }
        metrics.family("smppost_bind_submit_total", .counter, "Segments written, by bind and outcome.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(
                bind.totals.segments.accepted, ["carrier": carrier, "bind": bind.name, "outcome": "accepted"])
            metrics.sample(bind.totals.segments.refused, ["carrier": carrier, "bind": bind.name, "outcome": "refused"])
            metrics.sample(bind.totals.segments.unknown, ["carrier": carrier, "bind": bind.name, "outcome": "unknown"])
        }
        metrics.family("smppost_submit_seconds", .histogram, "From the write of a segment to the carrier's answer.")
        for carrier in carriers { write(sum(carrier, \.times.responses), of: carrier, to: &metrics) }
        metrics.family("smppost_throttled_total", .counter, "Segments that the carrier refused for speed.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.totals.segments.throttled, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family(
            "smppost_late_responses_total", .counter, "Answers to segments whose message was already told as unknown.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.totals.segments.late, ["carrier": carrier, "bind": bind.name])
        }
    }

    static func writeReceipts(_ carriers: [CarrierSnapshot], to metrics: inout MetricsWriter) {
        metrics.family("smppost_receipts_total", .counter, "Delivery receipts that came, by what they say.")
        for carrier in carriers {
            for (state, count) in carrier.receipts.byState.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                metrics.sample(count, ["carrier": carrier.status.name, "state": state.rawValue])
            }
        }
        func family(
            _ name: String, _ help: String, _ kind: MetricKind = .counter, _ value: (ReceiptsSnapshot) -> UInt64
        ) {
            metrics.family(name, kind, help)
            for carrier in carriers { metrics.sample(value(carrier.receipts), ["carrier": carrier.status.name]) }
        }
        family("smppost_receipts_matched_total", "Receipts whose segment was found.") { $0.matched }
        metrics.family("smppost_receipts_unmatched_total", .counter, "Receipts of no message, by why.")
        for carrier in carriers {
            for reason in UnmatchedReason.allCases {
                metrics.sample(
                    carrier.receipts.unmatchedReasons[reason, default: 0],
                    ["carrier": carrier.status.name, "reason": reason.rawValue])
            }
        }
        family("smppost_receipts_duplicate_total", "Receipts that said the same again.") { $0.duplicates }
        family("smppost_receipts_early_total", "Receipts read before the answer to their segment.") { $0.early }
        family("smppost_inbound_messages_total", "deliver_sm and data_sm that were no receipts.") { $0.otherMessages }
        family("smppost_receipts_parked", "Receipts that wait for the answer to their segment.", .gauge) {
            UInt64(clamping: $0.parked)
        }
        family("smppost_receipts_expected", "Accepted segments that a receipt may still name.", .gauge) {
            UInt64(clamping: $0.known)
        }
        metrics.family(
            "smppost_receipt_delay_seconds", .histogram, "From the acceptance of a segment to its final receipt.")
        for carrier in carriers {
            let delays = carrier.receipts.delays
            metrics.histogram(
                bounds: delays.bounds, counts: delays.buckets, sum: delays.sum, ["carrier": carrier.status.name])
        }
    }

    static func writeIntake(_ intake: IntakeStatistics, to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_http_requests_total", .counter,
            "Requests answered: the HTTP status that the reply stands for and its error; account - where none is known."
        )
        let replies = intake.replies.map { label, count in
            (account: label.account ?? "-", code: String(label.status), error: label.code?.rawValue ?? "none", count)
        }
        for reply in replies.sorted(by: { ($0.account, $0.code, $0.error) < ($1.account, $1.code, $1.error) }) {
            metrics.sample(reply.3, ["account": reply.account, "code": reply.code, "error": reply.error])
        }
        metrics.family("smppost_http_seconds", .histogram, "From a request's last octet to its reply.")
        metrics.histogram(bounds: intake.times.bounds, counts: intake.times.buckets, sum: intake.times.sum)
        metrics.family("smppost_http_in_flight", .gauge, "Requests whose reply is not written yet.")
        metrics.sample(intake.openRequests)
        metrics.family("smppost_http_connections", .gauge, "Connections that are open.")
        metrics.sample(intake.connections)
        metrics.family("smppost_http_connections_limit", .gauge, "Connections that may be open at one time.")
        metrics.sample(intake.places)
        metrics.family(
            "smppost_intake_full", .gauge,
            "1 while every place for a connection has been taken for ten seconds or more: new ones are closed at once.")
        metrics.sample(intake.fullFor == nil ? 0 : 1)
        metrics.family(
            "smppost_http_connections_refused_total", .counter, "Connections closed because there were too many.")
        metrics.sample(intake.connectionsRefused)
        writeRefusals(intake, to: &metrics)
        metrics.family(
            "smppost_passed_on_total", .counter,
            "Forms that other nodes were asked for: how they were answered there; lost = it left and no reply came, "
                + "unreachable = it did not leave for that node.")
        let passed = intake.passedOn.map { (node: $0.key.node, outcome: $0.key.ending.name, count: $0.value) }
        for form in passed.sorted(by: { ($0.node, $0.outcome) < ($1.node, $1.outcome) }) {
            metrics.sample(form.count, ["node": form.node, "outcome": form.outcome])
        }
        metrics.family(
            "smppost_lockouts", .gauge,
            "What is locked out now for wrong passwords and keys: addresses, logins at one address, logins that do not exist."
        )
        for kind in Lock.Kind.allCases {
            metrics.sample(intake.lockOuts.counts[kind, default: 0], ["kind": kind.rawValue])
        }
        writeQuotas(intake, to: &metrics)
        metrics.family("smppost_messages_handed_total", .counter, "Requests that were handed on to the carriers.")
        metrics.sample(intake.handed)
        metrics.family("smppost_client_gone_total", .counter, "Replies that no client was there to take.")
        metrics.sample(intake.clientsGone)
        metrics.family("smppost_handler_timeouts_total", .counter, "Requests that were given up: a fault of smppost.")
        metrics.sample(intake.handlerTimeouts)
        metrics.family("smppost_late_replies_total", .counter, "Replies to requests that were answered already.")
        metrics.sample(intake.lateReplies)
        metrics.family("smppost_draining", .gauge, "1 while the service stops and takes no new requests.")
        metrics.sample(intake.isDraining)
    }

    private static func writeQuotas(_ intake: IntakeStatistics, to metrics: inout MetricsWriter) {
        func family(_ name: String, _ help: String, _ value: (QuotaStatus.Part) -> Int) {
            metrics.family(name, .gauge, help)
            for quota in intake.quotas {
                for period in QuotaPeriod.allCases {
                    guard let part = quota.parts[period] else { continue }
                    metrics.sample(value(part), ["account": quota.account, "period": period.rawValue])
                }
            }
        }
        family("smppost_quota_left", "Messages that an account may still send in its day or month.", \.left)
        family("smppost_quota_limit", "Messages that an account may send in a day or a month.", \.limit)
        metrics.family(
            "smppost_recipients_forgotten_total", .counter,
            "Messages that limits by recipient forgot before their hour was over: recipient_memory is too small.")
        metrics.sample(intake.forgottenRecipients)
    }

    /// What never became a message: the mistakes of the first day, and the noise of the open internet.
    private static func writeRefusals(_ intake: IntakeStatistics, to metrics: inout MetricsWriter) {
        let codes: [ReplyCode] = [
            .httpsRequired, .notFound, .methodNotAllowed, .bodyTooLarge, .unsupportedMediaType, .headersTooLarge,
            .badRequest,
            .requestTimeout,
        ]
        metrics.family(
            "smppost_requests_refused_total", .counter,
            "Requests and connections refused before anybody was known, by why.")
        for code in codes {
            let count = intake.replies.reduce(0) { $0 + ($1.key.code == code && $1.key.account == nil ? $1.value : 0) }
            metrics.sample(count, ["reason": code.rawValue])
        }
        for reason in ConnectionGate.Refusal.allCases {
            metrics.sample(intake.connectionRefusals[reason, default: 0], ["reason": reason.rawValue])
        }
        for reason in EarlyRefusal.allCases {
            metrics.sample(intake.earlyRefusals[reason, default: 0], ["reason": reason.rawValue])
        }
        metrics.family(
            "smppost_tls_handshake_failures_total", .counter,
            "TLS handshakes of the intake that came to nothing, by why.")
        for reason in HandshakeFailure.allCases {
            metrics.sample(intake.handshakeFailures[reason, default: 0], ["reason": reason.rawValue])
        }
        metrics.family("smppost_http_unfinished_bytes", .gauge, "Octets of requests that have not arrived whole.")
        metrics.sample(intake.unfinishedBytes)
    }
}
