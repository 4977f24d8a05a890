package import Cluster
import NIOCore
package import SMPP

/// What a carrier tells beside the outcomes of messages. Called on any event loop; must not block.
package struct CarrierEvents: Sendable {
    /// Segments that the carrier accepted and that receipts may name, of one turn of a loop; never after a delivery that was read later on
    /// the same loop. All that was written before the second argument has its answer by then.
    package var accepted: @Sendable ([AcceptedSegment], MonotonicTime) -> Void
    /// A segment that was told as unknown got its response after all.
    package var late: @Sendable (LateResponse) -> Void
    /// A `deliver_sm` or `data_sm`: keep what it carries, then answer it, within `BindLimits.deliveryWithin`.
    package var deliver: @Sendable (InboundDelivery, DeliveryAnswer) -> Void
    /// What has become of the bind of a slot, where several nodes share the carrier.
    package var reached: @Sendable (Int, SlotReach) -> Void
    /// The state of a bind has changed, or whether it takes messages.
    package var changed: @Sendable () -> Void

    package init(
        accepted: @escaping @Sendable ([AcceptedSegment], MonotonicTime) -> Void = { _, _ in },
        late: @escaping @Sendable (LateResponse) -> Void = { _ in },
        deliver: @escaping @Sendable (InboundDelivery, DeliveryAnswer) -> Void = { $1.give(.kept) },
        reached: @escaping @Sendable (Int, SlotReach) -> Void = { _, _ in },
        changed: @escaping @Sendable () -> Void = {}
    ) {
        self.accepted = accepted
        self.late = late
        self.deliver = deliver
        self.reached = reached
        self.changed = changed
    }
}

/// The response that a `deliver_sm` or `data_sm` waits for.
package struct DeliveryAnswer: Sendable {
    /// What became of what it carried.
    package enum Verdict: Hashable, Sendable {
        /// It is safe: status 0, and the carrier forgets it.
        case kept
        /// It could not be kept: `BindSetup.deliveryRetryStatus`, and the carrier sends it again.
        case notKept
    }

    let bind: Bind
    let key: DeliveryKey

    /// Gives it, from any thread; the bind has it later, so whoever gives it may hold a lock. Only the first answer counts, and none
    /// after the connection is gone.
    package func give(_ verdict: Verdict) {
        let (bind, key) = (bind, key)
        bind.eventLoop.execute { bind.answer(key, verdict) }
    }
}

/// What a carrier sent to us: a receipt or somebody's message.
package struct InboundDelivery: Sendable {
    /// The carrier file's name.
    package var carrier: String
    /// The bind's name within its carrier.
    package var bind: String
    package var message: ShortMessage
    /// Whether it came as a `data_sm`.
    package var isData: Bool
    /// When it was read.
    package var at: MonotonicTime
    /// All that was written to the carrier before then had its answer when this was read.
    package var answeredUpTo: MonotonicTime

    package init(
        carrier: String, bind: String, message: ShortMessage, isData: Bool, at: MonotonicTime,
        answeredUpTo: MonotonicTime
    ) {
        self.carrier = carrier
        self.bind = bind
        self.message = message
        self.isData = isData
        self.at = at
        self.answeredUpTo = answeredUpTo
    }
}
