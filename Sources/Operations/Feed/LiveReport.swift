import Carriers
import Foundation
import HTTPService
import NIOCore
import SMPP

/// The events of `/events`, as server-sent events: `snapshot` begins a stream, `change` and `sample` go on from it.
///
/// - `snapshot`: what `/binds` gives, and `charts`.
/// - `change`: the same without carriers that are as they were; `order` names all carriers.
/// - `sample`: the next sample of every chart. One comes each ten seconds: a stream that is silent for longer is dead.
///
/// A chart is `{"carrier", "bind", "rate": […], "window": […], "response": […], "light": "gyro…"}`, oldest first: response times
/// are milliseconds, a light is its first letter.
enum LiveReport {
    static func snapshot(_ snapshot: MonitorSnapshot, history: MonitorHistory) -> ByteBuffer {
        event("snapshot") { json in
            BindsReport.writeMembers(
                snapshot, carriers: snapshot.carriers, mostQuotas: BindsReport.shownQuotas, to: &json)
            json.member("chart_every", MonitorHistory.every.inSeconds)
            json.member("chart_kept", BindChart.kept)
            json.key("charts")
            json.array { json in
                for carrier in snapshot.carriers {
                    for bind in carrier.status.binds {
                        let samples = history.samples(carrier: carrier.status.name, bind: bind.name)
                        write(samples, carrier: carrier.status.name, bind: bind.name, to: &json)
                    }
                }
            }
        }
    }

    /// nil = nothing that is shown has changed but the passing of time.
    static func change(from last: MonitorSnapshot, to next: MonitorSnapshot) -> ByteBuffer? {
        let elapsed = next.takenAt.timeIntervalSince(last.takenAt)
        let before = Dictionary(last.carriers.map { ($0.status.name, $0) }, uniquingKeysWith: { $1 })
        let changed = next.carriers.filter { carrier in
            guard let old = before[carrier.status.name] else { return true }
            return !carrier.isStill(old, after: elapsed)
        }
        let isSame =
            changed.isEmpty && last.carriers.map(\.status.name) == next.carriers.map(\.status.name)
            && last.configuration == next.configuration && last.intake == next.intake
            && last.isListening == next.isListening
            && last.journal == next.journal && last.inDoubt.map(\.id) == next.inDoubt.map(\.id)
        guard !isSame else { return nil }
        return event("change") { json in
            BindsReport.writeMembers(next, carriers: changed, mostQuotas: BindsReport.shownQuotas, to: &json)
            json.member("order", next.carriers.map(\.status.name))
        }
    }

    static func sample(_ snapshot: MonitorSnapshot, history: MonitorHistory) -> ByteBuffer {
        event("sample") { json in
            json.key("charts")
            json.array { json in
                for carrier in snapshot.carriers {
                    for bind in carrier.status.binds {
                        let last = history.lastSample(carrier: carrier.status.name, bind: bind.name)
                        write(last.map { [$0] } ?? [], carrier: carrier.status.name, bind: bind.name, to: &json)
                    }
                }
            }
        }
    }

    /// One event. JSON has no line breaks, so its data is one line.
    private static func event(_ name: String, _ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        json.object(members)
        var buffer = ByteBuffer()
        buffer.writeString("event: \(name)\ndata: ")
        buffer.writeBytes(json.bytes)
        buffer.writeString("\n\n")
        return buffer
    }

    private static func write(
        _ samples: [BindChart.Sample], carrier: String, bind: String, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("carrier", carrier)
            json.member("bind", bind)
            write("rate", samples.map { ($0.rate * 10).rounded() / 10 }, to: &json)
            write("window", samples.map { Double($0.windowInUse) }, to: &json)
            json.member("light", samples.map { String($0.light.rawValue.prefix(1)) }.joined())
            write("response", samples.map { $0.response.map { ($0 * 10_000).rounded() / 10 } }, to: &json)
        }
    }

    /// Whole numbers are written without a fraction: an hour of every bind is a long text.
    private static func write(_ name: String, _ values: [Double?], to json: inout JSONWriter) {
        json.key(name)
        json.array { json in
            for value in values {
                guard let value else {
                    json.null()
                    continue
                }
                if let whole = Int(exactly: value) { json.integer(whole) } else { json.number(value) }
            }
        }
    }
}

extension CarrierSnapshot {
    /// Whether this is what `old` becomes by the passing of `elapsed` seconds alone.
    func isStill(_ old: CarrierSnapshot, after elapsed: Double) -> Bool {
        // Time alone turns a light, too.
        guard withoutTimes == old.withoutTimes, status.light == old.status.light,
            status.isSlowed == old.status.isSlowed, status.isOverloaded == old.status.isOverloaded
        else { return false }
        return zip(status.binds, old.status.binds).allSatisfy { new, old in
            // Half a second is not seen; a PDU that came in is.
            abs((new.link.lastReceivedAgo ?? 0) - (old.link.lastReceivedAgo ?? -elapsed) - elapsed) < 0.5
        }
    }

    private var withoutTimes: CarrierSnapshot {
        var copy = self
        copy.status.state.since = 0
        copy.status.state.untriedFor = 0
        copy.status.state.triedIn = copy.status.state.triedIn.map { _ in 0 }
        copy.status.pace.throttledAgo = nil
        copy.status.queue.overloadedAgo = nil
        // What goes by while nobody waits.
        if copy.status.queue.segments == 0 { copy.status.queue.wait = 0 }
        for index in copy.status.binds.indices {
            copy.status.binds[index].since = 0
            copy.status.binds[index].downFor = copy.status.binds[index].downFor.map { _ in 0 }
            copy.status.binds[index].nextAttemptIn = copy.status.binds[index].nextAttemptIn.map { _ in 0 }
            copy.status.binds[index].link.lastReceivedAgo = copy.status.binds[index].link.lastReceivedAgo.map { _ in 0 }
            for change in copy.status.binds[index].history.indices {
                copy.status.binds[index].history[change].ago = 0
            }
        }
        return copy
    }
}
