import Glibc
import Logging
import Messaging
import NIOCore
import SMPP
import TLS

/// What a bind shows of itself.
extension Bind {
    /// The bind at this moment.
    func status() -> BindStatus {
        eventLoop.assertInEventLoop()
        let now = MonotonicTime.now
        let traffic = session.traffic
        var status = BindStatus(
            name: name, kind: kind, state: session.state.name, since: (now - stateSince).inSeconds,
            host: configuration.setup.hosts[session.host].description)
        status.lastError = session.lastFailure?.words
        status.lastErrorCode = session.lastFailure?.code.rawValue
        if case .waiting(let until) = session.state { status.nextAttemptIn = max(0, (until - now).inSeconds) }
        status.windowInUse = traffic.window.count
        status.windowSize = traffic.window.capacity
        status.waiting = traffic.waiting
        status.rateLimit = configuration.setup.rate
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
        status.lost = Int(clamping: traffic.counters.lost)
        status.refusals = traffic.refusals
        status.responseTimes = traffic.responseTimes
        status.enquireLinkTimes = session.enquireLinkTimes
        status.windowWaits = windowWaits
        showConnection(in: &status, now: now)
        return status
    }

    private func showConnection(in status: inout BindStatus, now: MonotonicTime) {
        status.history = session.history.map { change in
            BindChangeStatus(
                state: change.state, reason: change.reason?.rawValue, words: change.words,
                ago: (now - change.at).inSeconds)
        }
        status.changeCounts = session.changeCounts
        status.downFor = downSince.map { (now - $0).inSeconds }
        status.suspect = session.isSuspect
        status.drained = isHeld
        status.displaced = displacements
        status.bindRate = plan.rate
        status.responseSeconds = session.traffic.responseTime.map { Double($0) / 1e9 }
        status.lastReceivedAgo = session.lastReceivedAt.map { (now - $0).inSeconds }
        status.address = handler?.remoteAddress.flatMap(Self.text)
        status.localAddress = handler?.localAddress.flatMap(Self.text)
        status.tls = handler?.agreement.map { agreement in
            BindTLSStatus(
                version: agreement.version, cipher: agreement.cipher,
                peerCertificateExpiry: agreement.peerCertificateExpiry)
        }
    }

    private static func text(_ address: SocketAddress) -> String? {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        return HostPort(host: host, port: port).description
    }

    // MARK: The log

    /// A response came to a segment whose message was answered as unknown: it tells what became of it.
    func logLate(_ response: LateResponse) {
        logger.notice(
            "a late response",
            metadata: [
                "id": "\(MessageID(rawValue: response.tag).map(String.init(describing:)) ?? "")",
                "segment": "\(response.segment + 1)",
                "status": "\(response.status.hex) \(response.status.name)",
                "overdue_by": "\(response.overdueBy.inSeconds) s",
            ])
    }

    /// Tells once a day that the carrier's certificate ends soon.
    func watchCertificate() {
        guard let expiry = certificateExpiry,
            let days = sharing.certificates.daysToTell(expiry: expiry, now: Int64(time(nil)))
        else { return }
        logger.warning(
            days < 0 ? "the carrier's certificate has ended" : "the carrier's certificate ends soon",
            metadata: ["days": "\(days)", "host": "\(configuration.setup.hosts[session.host])"])
    }

    // MARK: The gauge

    /// Shows other threads whether messages may come.
    func showReadiness(_ outlook: BindOutlook) {
        let readiness: BindGauge.Readiness =
            if !outlook.isReady || isHeld {
                .none
            } else if outlook.isSuspect || outlook.pauseEnd != nil {
                .paused
            } else {
                .ready
            }
        let before = gauge.readiness
        guard before != readiness else { return }
        gauge.setReadiness(readiness)
        events.changed()
        if before == .none { carrier?.bindIsReady() }
    }

    /// Shows and logs a change of the state.
    func showState(now: MonotonicTime) {
        showReadiness(session.outlook(now: now))
        let state = session.state.name
        guard state != shownState else { return }
        let wasUp = shownState == "bound"
        shownState = state
        stateSince = now
        downSince = state == "bound" ? nil : downSince ?? now
        events.changed()
        var metadata: Logger.Metadata = [
            "state": "\(state)", "host": "\(configuration.setup.hosts[session.host])", "kind": "\(kind.rawValue)",
        ]
        if let failure = session.lastFailure {
            metadata["reason"] = "\(failure.code.rawValue)"
            metadata["words"] = "\(failure.words)"
        }
        let level: Logger.Level = wasUp || state == "bound" || state == "waiting" ? .notice : .info
        logger.log(level: level, "bind is \(state)", metadata: metadata)
    }
}
