import Logging
import NIOCore
import SMPP

/// What a bind shows of itself.
extension Bind {
    /// The bind at this moment.
    func status() -> BindStatus {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        let traffic = session.traffic
        var status = BindStatus(
            name: name, kind: kind, state: session.state.name, since: (now - stateSince).inSeconds,
            host: configuration.hosts[session.host].description)
        status.lastError = session.lastFailure?.words
        status.lastErrorCode = session.lastFailure?.code.rawValue
        if case .waiting(let until) = session.state { status.nextAttemptIn = max(0, (until - now).inSeconds) }
        status.windowInUse = traffic.window.count
        status.windowSize = traffic.window.capacity
        status.waiting = traffic.waiting
        status.rateLimit = configuration.rate
        status.recoveringLimit = traffic.throttle.recoveringLimit
        status.throttled = traffic.throttle.pauseEnd(now: now) != nil
        status.congestion = Int(traffic.throttle.congestionState(now: now))
        status.enquireLinkRTT = session.enquireLinkRoundTrip?.inSeconds
        status.smscSystemID = session.peerSystemID
        status.accepted = Int(clamping: traffic.counters.accepted)
        status.refused = Int(clamping: traffic.counters.refused)
        status.unknown = Int(clamping: traffic.counters.unknown)
        status.late = Int(clamping: traffic.counters.late)
        status.throttledTotal = Int(clamping: traffic.counters.throttled)
        status.delivered = Int(clamping: session.delivered)
        status.misplaced = Int(clamping: session.misplaced + traffic.counters.unexpected)
        return status
    }

    /// Shows other threads whether messages may come.
    func showReadiness(now: MonotonicTime) {
        let readiness: BindGauge.Readiness =
            if !session.isReady {
                .none
            } else if session.traffic.throttle.pauseEnd(now: now) != nil {
                .paused
            } else {
                .ready
            }
        if gauge.readiness != readiness { gauge.setReadiness(readiness) }
    }

    /// Shows and logs a change of the state.
    func showState(now: MonotonicTime) {
        showReadiness(now: now)
        let state = session.state.name
        guard state != shownState else { return }
        let wasUp = shownState == "bound"
        shownState = state
        stateSince = now
        var metadata: Logger.Metadata = [
            "state": "\(state)", "host": "\(configuration.hosts[session.host])", "kind": "\(kind.rawValue)",
        ]
        if let failure = session.lastFailure {
            metadata["reason"] = "\(failure.code.rawValue)"
            metadata["words"] = "\(failure.words)"
        }
        let level: Logger.Level = wasUp || state == "bound" || state == "waiting" ? .notice : .info
        logger.log(level: level, "bind is \(state)", metadata: metadata)
    }
}
