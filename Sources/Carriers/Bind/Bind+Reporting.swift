import Glibc
import Logging
import Messaging
import NIOCore
import SMPP
import TLS

/// What a bind shows of itself.
extension Bind {
    /// The bind at this moment. What belongs to the whole queue is shown by the lane's first bind, so that sums are right.
    func status(_ queue: CarrierTelling, now: MonotonicTime) -> BindStatus {
        eventLoop.assertInEventLoop()
        let traffic = lane.scheduler.telling(of: index)
        var status = BindStatus(
            name: name, kind: kind, state: session.state.name, since: (now - stateSince).inSeconds,
            host: configuration.setup.hosts[session.host].description)
        status.downFor = downSince.map { (now - $0).inSeconds }
        status.failure = session.lastFailure.map { told($0, host: session.lastFailedHost) }
        if case .waiting(let until) = session.state { status.nextAttemptIn = max(0, (until - now).inSeconds) }
        status.drained = isHeld
        status.history = session.history.map { change in
            BindChangeStatus(
                state: change.state, failure: change.failure.map { told($0, host: change.host) },
                ago: (now - change.at).inSeconds)
        }
        status.window = .init(inUse: traffic.open, size: traffic.window, waiting: index == 0 ? queue.waiting : 0)
        var isPaused = false
        if kind.submits, case .paused = queue.readiness { isPaused = true }
        status.pace = .init(
            carrierLimit: configuration.setup.rate, bindLimit: plan.rate,
            recoveringLimit: kind.submits ? queue.learntRate : nil, isStopped: isPaused,
            congestion: Int(queue.congestion))
        status.link = link(isSilent: lane.scheduler.isSilent(index, now: now), now: now)
        status.totals = .init(
            segments: traffic.counters, refusals: traffic.refusals, delivered: session.delivered,
            misplaced: session.misplaced + traffic.counters.unexpected, flawed: session.flawed,
            displaced: index == 0 ? lane.displacements : 0, changes: session.changeCounts)
        status.times = .init(
            responses: traffic.responseTimes, response: kind.submits ? queue.meanResponseTime : nil,
            windowWaits: windowWaits, enquireLinks: session.enquireLinkTimes)
        return status
    }

    /// A failure with the host that it happened at, where one has to do with it.
    private func told(_ failure: BindFailure, host: Int) -> BindFailure {
        guard failure.code != .stopped else { return failure }
        return BindFailure(failure.cause, at: configuration.setup.hosts[host].description)
    }

    /// One line an hour: the counter and its alert say how it goes on.
    func warnOfOddPDUs(now: MonotonicTime) {
        let count = session.misplaced + lane.scheduler.unexpected(on: index)
        guard count > oddPDUs else { return }
        oddPDUs = count
        guard oddLines.take(now: now) != nil else { return }
        logger.warning(
            "the carrier sends PDUs that cannot be read or make no sense: what they carry is dropped",
            metadata: ["count": "\(count)", "problem": "\(unreadable ?? "misplaced")"])
    }

    private func link(isSilent: Bool, now: MonotonicTime) -> BindStatus.Link {
        BindStatus.Link(
            address: handler?.remoteAddress.flatMap(Self.text), localAddress: handler?.localAddress.flatMap(Self.text),
            tls: handler?.agreement.map { agreement in
                BindTLSStatus(
                    version: agreement.version, cipher: agreement.cipher,
                    peerCertificateExpiry: agreement.peerCertificateExpiry)
            },
            isTLSWanted: configuration.tls != nil, smscSystemID: session.peerSystemID,
            enquireLinkRTT: session.enquireLinkRoundTrip?.inSeconds,
            lastReceivedAgo: session.lastReceivedAt.map { (now - $0).inSeconds },
            isSuspect: session.isSuspect || isSilent)
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

    /// Warns once a day that the carrier's certificate ends soon.
    func warnOfCertificate() {
        guard let expiry = certificateExpiry,
            let days = certificates.daysToWarn(expiry: expiry, now: Int64(time(nil)))
        else { return }
        logger.warning(
            days < 0 ? "the carrier's certificate has ended" : "the carrier's certificate ends soon",
            metadata: ["days": "\(days)", "host": "\(configuration.setup.hosts[session.host])"])
    }

    /// Shows and logs a change of the state.
    func showState(now: MonotonicTime) {
        let state = session.state.name
        guard state != shownState else { return }
        shownState = state
        stateSince = now
        downSince = state == "bound" ? nil : downSince ?? now
        events.changed()
        tellReach()
        var metadata: Logger.Metadata = [
            "state": "\(state)", "host": "\(configuration.setup.hosts[session.host])", "kind": "\(kind.rawValue)",
        ]
        if let failure = session.lastFailure {
            metadata["reason"] = "\(failure.code.rawValue)"
            metadata["words"] = "\(told(failure, host: session.lastFailedHost).words.en)"
        }
        let loudness = lines.change(to: session.state, session.lastFailure?.code, now: now)
        if loudness.leftOut > 0 { metadata["left_out"] = "\(loudness.leftOut)" }
        logger.log(level: loudness.level, "bind is \(state)", metadata: metadata)
    }
}
