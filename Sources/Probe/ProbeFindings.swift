package import SMPP
package import TLS

/// How the connection is made.
package enum ProbeSecurity: Hashable, Sendable {
    case plain
    case tls
    /// TLS whose certificate is not verified.
    case unverifiedTLS
}

/// What became of an attempt to bind.
package struct ProbeBindResult: Hashable, Sendable {
    /// Nil: it is bound.
    package var failure: BindFailure?
    package var response = BindResponse()
    /// What TLS agreed, where there is TLS and it got so far.
    package var agreement: TLSHandshakeCompleted?
    /// From the bind request to its response.
    package var time = Duration.zero

    package init(failure: BindFailure? = nil) {
        self.failure = failure
    }
}

/// What became of a request over a bind.
package enum ProbeAnswer: Hashable, Sendable {
    /// The response's status and message id, after this time.
    case answered(CommandStatus, id: String, after: Duration)
    case silent
    case lost(BindFailure)

    /// Whether it was done.
    var isTaken: Bool {
        if case .answered(.ok, _, _) = self { true } else { false }
    }
}

/// Why a probe ended before its end.
package enum ProbeStop: Hashable, Sendable {
    /// ESME_RTHROTTLED, in answer to this.
    case throttled(to: String)
    /// Login, password or system type are refused: trying on locks accounts.
    case login(BindFailure)
    /// There is no connection, or no bind of any kind.
    case noBind(BindFailure)
    /// The certificate does not verify.
    case unverified(BindFailure)
    /// A bind that was up is gone.
    case lost(BindFailure)
    /// The time is used up.
    case time

    package var words: String {
        switch self {
        case .throttled(let what):
            "the SMSC answers \(what) with ESME_RTHROTTLED (0x00000058): nothing more is tried"
        case .login(let failure), .noBind(let failure): failure.words.en
        case .unverified(let failure):
            failure.words.en + "; the password was not sent: give --ca FILE, or --insecure to go on all the same"
        case .lost(let failure): "a bind that was up is gone: \(failure.words.en)"
        case .time: "the time is used up (--within)"
        }
    }
}

/// What a probe has seen so far.
package struct ProbeFindings: Hashable, Sendable {
    /// What became of a kind of bind.
    package enum Kind: Hashable, Sendable {
        case taken
        case refused(BindFailure)
    }

    /// What became of a text.
    package enum Trial: Hashable, Sendable {
        case taken
        case refused(CommandStatus)
        case unanswered
    }

    /// How the binds were made; nil while no way has worked.
    package var security: ProbeSecurity?
    package var agreement: TLSHandshakeCompleted?
    /// Why there is no TLS, or why its certificate does not verify.
    package var tlsFailure: BindFailure?
    package var kinds: [BindKind: Kind] = [:]
    /// Of the first bind that was taken.
    package var response: BindResponse?
    /// Binds of the best kind that were up at once.
    package var held = 0
    /// What ended their number; nil: the probe's own bound.
    package var holdFailure: BindFailure?
    package var bindTimes: [Duration] = []
    package var enquireTimes: [Duration] = []
    package var enquiresUnanswered = 0
    /// `enquire_link` of the SMSC, all binds together.
    package var enquiresReceived = 0
    /// How long they were waited for.
    package var listened = Duration.zero
    package var trials: [ProbeTrial: Trial] = [:]
    package var submitTimes: [Duration] = []
    /// Short messages that were sent at once.
    package var burst = 0
    /// Those of them that were taken.
    package var burstTaken = 0
    /// A refusal among them: ESME_RTHROTTLED where there is one, else the first.
    package var burstStatus: CommandStatus?
    /// The ids of what was accepted.
    package var ids: [String] = []
    /// How long receipts were waited for, at most.
    package var awaited = Duration.zero
    /// Receipts of the probe's own messages.
    package var receipts: [DeliveryReceipt] = []
    /// Deliveries that are not the probe's: they were not taken, and the SMSC brings them again.
    package var otherDeliveries = 0
    package var stop: ProbeStop?

    package init() {}

    /// The kind of bind that messages go over; nil where none is taken.
    package var best: BindKind? {
        [BindKind.transceiver, .transmitter].first { kinds[$0] == .taken }
    }

    /// The ways in which every receipt's id is one that was accepted; empty where there are no receipts.
    package var receiptForms: [ReceiptIDForm] {
        let known = Set(ids.compactMap { CarrierMessageID($0)?.folded })
        guard !receipts.isEmpty, !known.isEmpty else { return [] }
        return [.same, .hex, .decimal].filter { form in
            receipts.allSatisfy { receipt in
                let written = receipt.foldedIDs(form)
                // An id that is no number is not converted.
                return !known.isDisjoint(with: written) && (form == .same || written != receipt.foldedIDs(.same))
            }
        }
    }
}
