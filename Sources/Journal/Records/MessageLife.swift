/// Everything that the journal knows of one message.
package struct MessageLife: Hashable, Sendable {
    package var message: MessageRecord
    /// Nil while it is under way, or when the process died before.
    package var outcome: OutcomeRecord?
    package var late: [LateRecord] = []
    package var receipts: [ReceiptRecord] = []
    /// Whether a client took the reply.
    package var isDelivered = false
    /// What its sender calls it; nil = no name came.
    package var reference: String?

    package init(message: MessageRecord) {
        self.message = message
    }
}

extension MessageLife {
    /// Whether it is known that nothing of it went: it was refused or not sent.
    package var isNotGone: Bool { outcome.map { $0.outcome == "refused" || $0.outcome == "not-sent" } ?? false }

    /// An inbound message as a life: its outcome is `inbound`, at the moment it came, and it has no account.
    package init(inbound: InboundRecord) {
        self.init(
            message: MessageRecord(
                id: inbound.id, account: "", recipient: inbound.to, sender: inbound.from, segments: inbound.segments,
                text: inbound.text, fingerprint: Fingerprint(high: 0, low: 0)))
        outcome = OutcomeRecord(
            id: inbound.id, at: inbound.at, outcome: "inbound", httpStatus: 0, code: nil, carrier: inbound.carrier,
            segments: [])
    }
}
