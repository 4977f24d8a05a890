package import Carriers
package import SMPP

/// How a carrier is, in one word. The raw values are stable names.
package enum TrafficLight: String, Hashable, Sendable, CaseIterable {
    /// Every bind is up, and messages get through in time, as far as is known.
    case green
    /// Messages go, but something is not as it should be.
    case yellow
    /// Nothing goes.
    case red
    /// People stopped or drained every bind, or none is at this node.
    case off
}

extension CarrierStatus {
    package var light: TrafficLight {
        if isSwitchedOff { return .off }
        if condition == .down || isStuck { return .red }
        return (trouble == nil || isLeftAlone) && troubledBinds.isEmpty ? .green : .yellow
    }

    /// Whether people stopped or drained every bind.
    var isSwitchedOff: Bool { binds.allSatisfy { $0.state == BindState.stopped.name || $0.drained } }

    /// How many binds are up.
    package var upCount: Int { binds.count(where: \.isUp) }

    /// `2 of 3 binds up; bind 3: password refused, next attempt in 4:10`, with what the whole carrier's trouble is before that.
    package var summary: Phrase {
        var summary = CarrierWords.up(upCount, of: binds.count)
        if let trouble { summary = summary + "; " + trouble }
        let troubled = troubledBinds
        for bind in troubled.prefix(Self.toldBinds) {
            summary = summary + "; " + CarrierWords.bindIs.with(Phrase(bind.name), bind.trouble ?? "")
        }
        let more = troubled.count - Self.toldBinds
        return more > 0 ? summary + "; " + CarrierWords.more.with(Phrase("\(more)")) : summary
    }

    /// Binds that are not as they should be, in order. What all of them suffer is the carrier's trouble.
    private var troubledBinds: [BindStatus] {
        if isSwitchedOff { return [] }
        let isTold = why != nil
        return binds.filter { $0.trouble != nil && (!isTold || !$0.isUp || $0.drained) }
    }

    /// A summary names so many binds.
    private static let toldBinds = 3
}

extension BindStatus {
    /// Of the bind alone: one that is not bound is red, unless people stopped it.
    package var light: TrafficLight {
        if drained || [BindState.stopped.name, BindState.idle.name].contains(state) { return .off }
        guard isUp else { return .red }
        return trouble == nil ? .green : .yellow
    }

    /// Whether it is bound.
    package var isUp: Bool { state == BindState.bound.name }

    /// From this `congestion_state` on the carrier asks to be slow (SMPP 5.0 §4.8.4.18: 80 to 99 is "nearing congestion").
    package static let congested = 80

    /// What is not as it should be, in a few words; nil = nothing.
    package var trouble: Phrase? {
        if isUp {
            if drained { return CarrierWords.drained.phrase }
            if link.isSuspect { return CarrierWords.suspect.phrase }
            if pace.isStopped { return CarrierWords.throttled.phrase }
            return pace.congestion >= Self.congested ? CarrierWords.congested.with(Phrase("\(pace.congestion)")) : nil
        }
        let now = CarrierWords.state(state)
        guard let reason = failure?.short, state != BindState.stopped.name else { return now }
        guard let nextAttemptIn else { return CarrierWords.nowState.with(reason, now) }
        return CarrierWords.next.with(reason, Phrase(Self.clock(nextAttemptIn)))
    }

    /// `4:10`, `1:00:00`; rounded up, so that it shows 0:00 only when the time is over.
    package static func clock(_ seconds: Double) -> String {
        let all = Int(max(0, min(seconds, 1e9)).rounded(.up))
        let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60)
        let tail = rest < 10 ? "0\(rest)" : "\(rest)"
        return hours == 0 ? "\(minutes):\(tail)" : "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
    }

    /// `2.0`.
    static func rate(_ value: Double) -> Phrase { Phrase("\((value * 10).rounded() / 10)") }
}
