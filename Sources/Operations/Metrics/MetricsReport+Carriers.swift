import Carriers
import HTTPService
import SMPP

/// What `/metrics` tells of carriers and their binds.
extension MetricsReport {
    static func writeCarriers(_ carriers: [CarrierStatus], to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_carrier_ready", .gauge, "1 while a bind of the carrier takes messages, and its light is not red.")
        for carrier in carriers { metrics.sample(carrier.isServing, ["carrier": carrier.name]) }
        metrics.family("smppost_carrier_required", .gauge, "1 where the service counts as ready only with the carrier.")
        for carrier in carriers { metrics.sample(carrier.required, ["carrier": carrier.name]) }
        metrics.family(
            "smppost_carrier_light", .gauge,
            "The carrier's traffic light on the page: 1 for the colour that it has, 0 for the others.")
        for carrier in carriers {
            for light in TrafficLight.allCases {
                metrics.sample(carrier.light == light, ["carrier": carrier.name, "light": light.rawValue])
            }
        }
        metrics.family(
            "smppost_tps_limit", .gauge, "PDUs per second that the carrier's contract allows over all its binds.")
        for carrier in carriers {
            if let rate = carrier.binds.first?.pace.carrierLimit { metrics.sample(rate, ["carrier": carrier.name]) }
        }
    }

    /// Whether a carrier takes messages, how fast, and what waits for it.
    static func writeFlow(_ carriers: [CarrierStatus], to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_carrier_state", .gauge, "1 for the state that the carrier is in, 0 for the others.")
        for carrier in carriers {
            for state in CarrierCondition.allCases {
                metrics.sample(carrier.condition == state, ["carrier": carrier.name, "state": state.rawValue])
            }
        }
        metrics.family(
            "smppost_carrier_pace", .gauge,
            "submit_sm per second that are written at most now, configured or learnt; no sample = no limit is known.")
        for carrier in carriers {
            if let pace = carrier.pace.current { metrics.sample(pace, ["carrier": carrier.name]) }
        }
        metrics.family(
            "smppost_carrier_pace_limit", .gauge, "submit_sm per second that the carrier's file allows at most.")
        for carrier in carriers {
            if let limit = carrier.pace.configured { metrics.sample(limit, ["carrier": carrier.name]) }
        }
        metrics.family("smppost_carrier_queue", .gauge, "Messages that wait for the carrier.")
        for carrier in carriers { metrics.sample(carrier.queue.messages, ["carrier": carrier.name]) }
        metrics.family("smppost_carrier_queue_wait_seconds", .gauge, "How long a message that comes now would wait.")
        for carrier in carriers { metrics.sample(carrier.queue.wait, ["carrier": carrier.name]) }
        metrics.family(
            "smppost_not_in_time_total", .counter,
            "Messages that the carrier's queue refused or moved on because they could not be answered in time.")
        for carrier in carriers { metrics.sample(carrier.queue.notInTime, ["carrier": carrier.name]) }
    }

    static func writeBinds(_ carriers: [CarrierStatus], to metrics: inout MetricsWriter) {
        metrics.family("smppost_bind_up", .gauge, "1 while the bind is bound.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(
                bind.state == BindState.bound.name,
                ["carrier": carrier, "bind": bind.name, "kind": bind.kind.rawValue])
        }
        metrics.family("smppost_bind_state", .gauge, "Always 1; the state that the bind is in is its label.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(1, ["carrier": carrier, "bind": bind.name, "state": bind.state])
        }
        metrics.family("smppost_bind_since_seconds", .gauge, "For how long the bind has been in its state.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.since, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family(
            "smppost_bind_last_error", .gauge,
            "1 with the reason why the bind is not up; without a sample where nothing is wrong.")
        for (carrier, bind) in binds(carriers) {
            guard let reason = bind.failure?.code.rawValue else { continue }
            metrics.sample(1, ["carrier": carrier, "bind": bind.name, "reason": reason])
        }
        metrics.family("smppost_bind_next_attempt_seconds", .gauge, "Until the bind connects again, while it waits.")
        for (carrier, bind) in binds(carriers) {
            guard let wait = bind.nextAttemptIn else { continue }
            metrics.sample(wait, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family("smppost_bind_state_changes_total", .counter, "Changes of the bind's state, and why.")
        for (carrier, bind) in binds(carriers) {
            for (change, count) in bind.totals.changes.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
                metrics.sample(
                    count,
                    [
                        "carrier": carrier, "bind": bind.name, "to": change.to,
                        "reason": change.reason?.rawValue ?? "none",
                    ])
            }
        }
    }

    private static func order(_ change: BindChangeKey) -> String { "\(change.to) \(change.reason?.rawValue ?? "")" }

    /// The link between us and the carrier.
    static func writeConnections(_ carriers: [CarrierStatus], to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_bind_suspect", .gauge, "1 while the carrier is silent where it should have answered.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.link.isSuspect, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family("smppost_bind_drained", .gauge, "1 while the bind was told to take no new messages.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.drained, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family("smppost_last_received_seconds", .gauge, "Since the last PDU from the carrier.")
        for (carrier, bind) in binds(carriers) {
            guard let ago = bind.link.lastReceivedAgo else { continue }
            metrics.sample(ago, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family("smppost_enquire_link_last_seconds", .gauge, "Round trip of the last answered enquire_link.")
        for (carrier, bind) in binds(carriers) {
            guard let time = bind.link.enquireLinkRTT else { continue }
            metrics.sample(time, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family("smppost_enquire_link_seconds", .histogram, "Round trips of enquire_link.")
        for carrier in carriers { write(sum(carrier, \.times.enquireLinks), of: carrier, to: &metrics) }
        metrics.family(
            "smppost_pdu_errors_total", .counter, "PDUs of the carrier that make no sense where they came.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.totals.misplaced, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family(
            "smppost_pdu_flaws_total", .counter, "PDUs of the carrier that were read though a part of them was broken.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.totals.flawed, ["carrier": carrier, "bind": bind.name])
        }
        metrics.family("smppost_deliveries_total", .counter, "deliver_sm and data_sm that came in, receipts included.")
        for (carrier, bind) in binds(carriers) {
            metrics.sample(bind.totals.delivered, ["carrier": carrier, "bind": bind.name])
        }
    }

    /// Every bind with its carrier's name.
    static func binds(_ carriers: [CarrierStatus]) -> [(carrier: String, bind: BindStatus)] {
        carriers.flatMap { carrier in carrier.binds.map { (carrier.name, $0) } }
    }

    /// A time of all binds of a carrier.
    static func sum(_ carrier: CarrierStatus, _ times: KeyPath<BindStatus, TimeHistogram>) -> TimeHistogram {
        var total = TimeHistogram()
        for bind in carrier.binds { total.add(bind[keyPath: times]) }
        return total
    }

    static func write(_ histogram: TimeHistogram, of carrier: CarrierStatus, to metrics: inout MetricsWriter) {
        metrics.histogram(
            bounds: histogram.bounds, counts: histogram.buckets, sum: histogram.sum, ["carrier": carrier.name])
    }
}
