import SMPP

/// An accepted segment or a receipt, on its way to the book that brings them together.
enum ReceiptNote: Sendable {
    case accepted(id: String, message: Int, segment: Int, recipient: String, at: UInt64)
    case receipt(ReceivedReceipt, at: UInt64)
}

/// What a lane's binds saw of receipts since the last look. Loop-confined.
final class ReceiptNotes {
    private var notes: [ReceiptNote] = []

    func add(_ note: ReceiptNote) {
        notes.append(note)
    }

    func take() -> [ReceiptNote] {
        defer { notes.removeAll() }
        return notes
    }
}
