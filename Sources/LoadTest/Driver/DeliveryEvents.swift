import SMPP

/// An accepted segment or a receipt, on its way to the tracker that brings them together.
enum DeliveryEvent: Sendable {
    case accepted(id: String, message: Int, segment: Int, recipient: String, at: UInt64)
    case receipt(ReceivedReceipt, at: UInt64)
}

/// What a share's binds saw of receipts since the last look. Loop-confined.
final class DeliveryEvents {
    private var events: [DeliveryEvent] = []

    func add(_ event: DeliveryEvent) {
        events.append(event)
    }

    func take() -> [DeliveryEvent] {
        defer { events.removeAll() }
        return events
    }
}
