package import SMPP

/// What a carrier tells beside the outcomes of messages. Called on any event loop; must not block.
package struct CarrierEvents: Sendable {
    /// A segment that was told as unknown got its response after all.
    package var late: @Sendable (LateResponse) -> Void
    /// A `deliver_sm` or `data_sm`, already answered with 0.
    package var deliver: @Sendable (InboundDelivery) -> Void

    package init(
        late: @escaping @Sendable (LateResponse) -> Void = { _ in },
        deliver: @escaping @Sendable (InboundDelivery) -> Void = { _ in }
    ) {
        self.late = late
        self.deliver = deliver
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

    package init(carrier: String, bind: String, message: ShortMessage, isData: Bool) {
        self.carrier = carrier
        self.bind = bind
        self.message = message
        self.isData = isData
    }
}
