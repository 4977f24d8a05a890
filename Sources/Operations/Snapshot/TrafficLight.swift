package import Carriers
import SMPP

/// How a carrier is, in one word. The raw values are stable names.
package enum TrafficLight: String, Hashable, Sendable, CaseIterable {
    /// Every bind is up, and messages get through in time, as far as is known.
    case green
    /// Messages go, but something is not as it should be.
    case yellow
    /// Nothing goes.
    case red
    /// People stopped or drained every bind.
    case off
}

extension CarrierStatus {
    package var light: TrafficLight {
        if binds.allSatisfy({ $0.state == BindState.stopped.name || $0.drained }) { return .off }
        if condition == .down || isStuck { return .red }
        return (trouble == nil || isLeftAlone) && troubledBinds.isEmpty ? .green : .yellow
    }

    /// How many binds are up.
    package var upCount: Int { binds.count(where: \.isUp) }

    /// `2 of 3 binds up; bind 3: password refused, next attempt in 4:10`, with what the whole carrier's trouble is before that.
    package var summary: String {
        let head =
            switch (upCount, binds.count) {
            case (1, 1): "the bind is up"
            case (0, 1): "the bind is not up"
            case (let up, let all) where up == all: "all \(all) binds up"
            case (let up, let all): "\(up) of \(all) binds up"
            }
        let troubled = troubledBinds
        let told = troubled.prefix(Self.toldBinds).map { "; bind \($0.name): \($0.trouble ?? "")" }
        let more = troubled.count - told.count
        return head + (trouble.map { "; \($0)" } ?? "") + told.joined() + (more > 0 ? "; and \(more) more" : "")
    }

    /// Binds that are not as they should be, in order. What all of them suffer is the carrier's trouble.
    private var troubledBinds: [BindStatus] {
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
    package var trouble: String? {
        if isUp {
            if drained { return "drained: it takes no new messages" }
            if link.isSuspect { return "the carrier is silent" }
            if pace.isStopped { return "stopped by the carrier for speed" }
            if pace.congestion >= Self.congested { return "the carrier is congested (\(pace.congestion) of 100)" }
            return nil
        }
        guard let reason else { return state }
        guard let nextAttemptIn else { return state == BindState.stopped.name ? state : "\(reason), \(state)" }
        return "\(reason), next attempt in \(Self.clock(nextAttemptIn))"
    }

    /// Why it is not up, in a few words; nil before the first failure.
    package var reason: String? {
        guard let failure else { return nil }
        switch failure.code {
        case .credentials: return failure.status == .invalidPassword ? "password refused" : "login refused"
        case .allowList: return "closed before the bind response: address not allowed?"
        case .alreadyBound: return "already bound"
        case .refused: return "bind refused"
        case .connectRefused: return "connection refused"
        case .timeout: return "no answer in time"
        case .dns: return "host name not found"
        case .tls: return "TLS failed"
        case .enquire: return "enquire_link unanswered"
        case .unbind: return "the carrier sent unbind"
        case .reset: return "connection broken"
        case .closed: return "the carrier closed the connection"
        case .protocolError: return "not SMPP"
        case .stopped: return "stopped"
        }
    }

    /// `4:10`, `1:00:00`; rounded up, so that it shows 0:00 only when the time is over.
    package static func clock(_ seconds: Double) -> String {
        let all = Int(max(0, min(seconds, 1e9)).rounded(.up))
        let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60)
        let tail = rest < 10 ? "0\(rest)" : "\(rest)"
        return hours == 0 ? "\(minutes):\(tail)" : "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
    }

    /// `2.0/s`.
    static func rate(_ value: Double) -> String { "\((value * 10).rounded() / 10)/s" }
}
