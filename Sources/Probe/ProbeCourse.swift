package import SMPP
package import TLS

/// What is to be done next.
package enum ProbeAction: Hashable, Sendable {
    case pause(Duration)
    /// Connect and bind; the bind stays up.
    case bind(BindKind, ProbeSecurity)
    /// A TLS handshake that takes any certificate, and nothing over it.
    case look
    /// `enquire_link` over the newest bind.
    case enquire
    /// End the newest bind.
    case unbind
    /// Hear what comes for so long.
    case listen(Duration)
    /// Submit these at once over the oldest bind.
    case submit([ShortMessage])
    /// Wait for so many receipts, at most so long.
    case receipts(Int, Duration)
    /// End all binds.
    case leave
}

/// What became of an action.
package enum ProbeEvent: Hashable, Sendable {
    /// It is over.
    case done
    case bind(ProbeBindResult)
    /// What TLS agreed, or why it did not.
    case looked(TLSHandshakeCompleted?)
    case answers([ProbeAnswer])
    /// All that has come so far: `enquire_link` of the SMSC, receipts of ours, deliveries that were not ours; and a bind's end.
    case heard(enquires: Int, receipts: [DeliveryReceipt], others: Int, lost: BindFailure?)
}

/// What a probe does, step by step, and what it makes of the answers: pure.
///
/// ```
///                  ┌─0x05, once─┐
///                  ▼            │
///   opening(kind) ─┴─▶ enquiring ─▶ closing ─▶ opening(next kind) … ─▶ holding ⇄ checking
///      ▲   │ certificate does not verify                                  │ refused, or enough
///      │   ▼                                                              ▼
///      └─ looking                         submitting ◀─with --send-to─ listening ◀─ receiving
///   (first with TLS, then plain)              │                           │  (a receiver, where
///                                             ▼                           │   transmitters send)
///                                    bursting ─▶ awaiting ────────────────┴─▶ leaving ─▶ ended
/// ```
///
/// From everywhere to leaving: ESME_RTHROTTLED, a refused login, a bind that is gone, the time used up.
package struct ProbeCourse: Hashable, Sendable {
    enum Stage: Hashable, Sendable {
        case opening(BindKind)
        case looking
        case enquiring(BindKind)
        case closing(BindKind)
        case holding
        case checking
        case receiving
        case listening
        /// The trial of this index, and which of its parts.
        case submitting(Int, part: Int)
        case bursting
        case awaiting
        case leaving
        case ended
    }

    package let options: ProbeOptions
    package private(set) var findings = ProbeFindings()
    private var stage = Stage.opening(.transceiver)
    private var security: ProbeSecurity
    /// No connection is made before, and no message is sent.
    private var notBefore = Duration.zero
    /// Whether ESME_RALYBND was waited out for this stage.
    private var wasPatient = false

    package init(_ options: ProbeOptions) {
        self.options = options
        security = options.tls == .no ? .plain : .tls
    }

    // MARK: What to do

    /// - Parameter now: time since the beginning.
    /// - Returns: nil: nothing more.
    package mutating func next(at now: Duration) -> ProbeAction? {
        if now >= options.within, stage != .leaving, stage != .ended { end(.time) }
        let left = max(.zero, options.within - now)
        switch stage {
        case .opening(let kind): return paced(.bind(kind, security), now)
        case .looking: return paced(.look, now)
        case .enquiring, .checking: return .enquire
        case .closing: return .unbind
        case .holding: return paced(.bind(findings.best ?? .transceiver, security), now)
        case .receiving: return paced(.bind(.receiver, security), now)
        case .listening:
            findings.listened = min(options.listen, left)
            return .listen(findings.listened)
        case .submitting(let index, let part):
            return paced(.submit(parts(index).dropFirst(part).prefix(1).map { $0 }), now)
        case .bursting: return paced(.submit(options.messages.map(ProbeTrial.window) ?? []), now)
        case .awaiting:
            findings.awaited = min(options.messages?.receipts ?? .zero, left)
            return .receipts(findings.ids.count, findings.awaited)
        case .leaving: return .leave
        case .ended: return nil
        }
    }

    private func paced(_ action: ProbeAction, _ now: Duration) -> ProbeAction {
        now < notBefore ? .pause(notBefore - now) : action
    }

    /// The messages of the trial of this index.
    private func parts(_ index: Int) -> [ShortMessage] {
        options.messages.map(ProbeTrial.allCases[index].messages) ?? []
    }

    // MARK: What became of it

    /// - Parameter now: time since the beginning.
    package mutating func took(_ event: ProbeEvent, at now: Duration) {
        switch (stage, event) {
        case (.leaving, .done): stage = .ended
        case (.closing(let kind), .done): stage = after(kind)
        case (.looking, .looked(let agreement)):
            notBefore = now + ProbeLimits.gap
            looked(agreement)
        case (_, .bind(let result)):
            notBefore = now + ProbeLimits.gap
            bound(result, now)
        case (_, .answers(let answers)): answered(answers, now)
        case (_, .heard(let enquires, let receipts, let others, let lost)):
            findings.enquiresReceived = enquires
            findings.receipts = receipts
            findings.otherDeliveries = others
            heard(lost)
        // A pause: the action follows.
        case (_, .done), (_, .looked): break
        }
    }

    private mutating func bound(_ result: ProbeBindResult, _ now: Duration) {
        if let agreement = result.agreement { findings.agreement = agreement }
        if case .refused(.throttled) = result.failure?.cause { return end(.throttled(to: "a bind")) }
        if case .refused(.alreadyBound) = result.failure?.cause, !wasPatient, findings.held == 0 {
            // The one before may not be forgotten yet.
            wasPatient = true
            notBefore = now + ProbeLimits.patience
            findings.security = security
            return
        }
        wasPatient = false
        if result.failure == nil {
            findings.bindTimes.append(result.time)
            findings.response = findings.response ?? result.response
        }
        switch stage {
        case .opening(let kind): opened(kind, result)
        case .holding:
            findings.holdFailure = result.failure
            if result.failure == nil { findings.held += 1 }
            stage = result.failure == nil ? .checking : afterHolding
        case .receiving: stage = .listening
        case .looking, .enquiring, .closing, .checking, .listening, .submitting, .bursting, .awaiting, .leaving, .ended:
            break
        }
    }

    private mutating func opened(_ kind: BindKind, _ result: ProbeBindResult) {
        guard let failure = result.failure else {
            findings.security = security
            findings.kinds[kind] = .taken
            stage = .enquiring(kind)
            return
        }
        switch failure.cause {
        case .refused(.invalidPassword), .refused(.invalidSystemID), .refused(.invalidSystemType):
            findings.security = security
            findings.kinds[kind] = .refused(failure)
            end(.login(failure))
        case .refused, .closedBeforeBindResponse, .bindTimeout:
            findings.security = security
            findings.kinds[kind] = .refused(failure)
            stage = after(kind)
        case .tls(.plainPort), .tls(.closed), .tls(.timeout), .reset, .closed, .incomplete, .notSMPP:
            guard security != .plain, options.tls == .auto, findings.security == nil else {
                return end(.noBind(failure))
            }
            findings.tlsFailure = failure
            security = .plain
        case .tls(.wrongName), .tls(.selfSigned), .tls(.unknownIssuer), .tls(.expired), .tls(.notYetValid):
            findings.tlsFailure = failure
            stage = .looking
        case .tls, .connectRefused, .unreachable, .connectTimeout, .transportTimeout, .writeTimeout, .nameNotFound,
            .enquireUnanswered, .unbindReceived, .noSuchAddress, .system, .stopped:
            end(.noBind(failure))
        }
    }

    private mutating func looked(_ agreement: TLSHandshakeCompleted?) {
        findings.agreement = agreement
        guard options.takesAnyCertificate else {
            return end(findings.tlsFailure.map { .unverified($0) } ?? .time)
        }
        security = .unverifiedTLS
        stage = .opening(.transceiver)
    }

    private mutating func answered(_ answers: [ProbeAnswer], _ now: Duration) {
        var throttled = false
        var lost: BindFailure?
        for answer in answers {
            switch answer {
            case .answered(let status, let id, let time):
                throttled = throttled || status == .throttled
                took(status, id, after: time)
            case .silent: break
            case .lost(let failure): lost = failure
            }
        }
        judge(answers)
        if throttled { return end(.throttled(to: "a message")) }
        if let lost { return end(.lost(lost)) }
        switch stage {
        case .enquiring(let kind): stage = .closing(kind)
        case .checking: stage = findings.held < options.binds ? .holding : afterHolding
        // Where the simplest message is refused, the others tell nothing.
        case .submitting(0, _) where findings.trials[.gsm] != .taken: stage = .awaiting
        case .submitting(let index, let part): stage = after(index, part, now)
        case .bursting: stage = .awaiting
        case .opening, .looking, .closing, .holding, .receiving, .listening, .awaiting, .leaving, .ended: break
        }
    }

    private mutating func took(_ status: CommandStatus, _ id: String, after time: Duration) {
        switch stage {
        case .enquiring, .checking: findings.enquireTimes.append(time)
        case .submitting, .bursting:
            findings.submitTimes.append(time)
            if status == .ok { findings.ids.append(id) }
        case .opening, .looking, .closing, .holding, .receiving, .listening, .awaiting, .leaving, .ended: break
        }
    }

    /// What the answers say of the thing that was tried.
    private mutating func judge(_ answers: [ProbeAnswer]) {
        let refusal = answers.lazy.compactMap { answer -> CommandStatus? in
            if case .answered(let status, _, _) = answer, status != .ok { status } else { nil }
        }.min { $0 == .throttled && $1 != .throttled }
        switch stage {
        case .enquiring, .checking: findings.enquiresUnanswered += answers.count { $0 == .silent }
        case .submitting(let index, let part):
            let isTaken = answers.allSatisfy(\.isTaken)
            // The other parts are still to come.
            guard !isTaken || part + 1 >= parts(index).count else { return }
            findings.trials[ProbeTrial.allCases[index]] =
                isTaken ? .taken : refusal.map { .refused($0) } ?? .unanswered
        case .bursting:
            findings.burst = answers.count
            findings.burstTaken = answers.count(where: \.isTaken)
            findings.burstStatus = refusal
        case .opening, .looking, .closing, .holding, .receiving, .listening, .awaiting, .leaving, .ended: break
        }
    }

    private mutating func heard(_ lost: BindFailure?) {
        if let lost { return end(.lost(lost)) }
        switch stage {
        case .listening:
            stage = options.messages == nil ? .leaving : .submitting(0, part: 0)
        case .awaiting: stage = .leaving
        case .opening, .looking, .enquiring, .closing, .holding, .checking, .receiving, .submitting, .bursting,
            .leaving,
            .ended:
            break
        }
    }

    // MARK: What follows

    /// What follows a kind of bind that was tried.
    private mutating func after(_ kind: BindKind) -> Stage {
        switch kind {
        case .transceiver: return .opening(.transmitter)
        case .transmitter: return .opening(.receiver)
        case .receiver:
            if findings.best != nil { return .holding }
            if case .refused(let failure) = findings.kinds[.transceiver] { findings.stop = .noBind(failure) }
            return .leaving
        }
    }

    /// What follows an answer to this part of a trial: its next part, the next trial, or all at once.
    private mutating func after(_ index: Int, _ part: Int, _ now: Duration) -> Stage {
        notBefore = now + ProbeLimits.submitGap
        if findings.trials[ProbeTrial.allCases[index]] == nil { return .submitting(index, part: part + 1) }
        if index + 1 < ProbeTrial.allCases.count { return .submitting(index + 1, part: 0) }
        notBefore = now + ProbeLimits.gap
        return .bursting
    }

    private var afterHolding: Stage {
        guard findings.held > 0 else { return .leaving }
        let needsReceiver = findings.best == .transmitter && findings.kinds[.receiver] == .taken
        return needsReceiver ? .receiving : .listening
    }

    private mutating func end(_ stop: ProbeStop) {
        findings.stop = stop
        stage = .leaving
    }
}

extension ProbeAction {
    /// What is done now, for people; nil for what takes no time worth a line.
    package var words: String? {
        switch self {
        case .pause, .enquire, .unbind: nil
        case .bind(let kind, .plain): "… binding as \(kind.rawValue)"
        case .bind(let kind, .tls): "… binding as \(kind.rawValue), with TLS"
        case .bind(let kind, .unverifiedTLS): "… binding as \(kind.rawValue), with TLS that does not verify"
        case .look: "… looking at the certificate"
        case .listen(let time): "… waiting \(time.components.seconds) s for enquire_link of the SMSC"
        case .submit(let messages): "… submitting \(messages.count)"
        case .receipts(let count, let time): "… waiting \(time.components.seconds) s at most for \(count) receipts"
        case .leave: "… unbinding"
        }
    }
}
