/// What became of a message, as a receipt tells it (SMPP 3.4 §5.2.28 and appendix B, SMPP 5.0 §4.7.15).
package enum ReceiptState: String, Hashable, Sendable, CaseIterable {
    case delivered, expired, deleted, undeliverable, accepted, unknown, rejected, enroute, scheduled, skipped
    /// No state, or one that nobody knows.
    case other

    /// Whether no other state is to follow.
    ///
    /// The standard calls `accepted` final; carriers use it for a message that they hold.
    package var isFinal: Bool {
        switch self {
        case .delivered, .expired, .deleted, .undeliverable, .unknown, .rejected, .skipped: true
        case .accepted, .enroute, .scheduled, .other: false
        }
    }

    /// A value of the TLV `message_state`; nil for one that the standards don't name.
    package init?(messageState: UInt32) {
        switch messageState {
        case 0: self = .scheduled
        case 1: self = .enroute
        case 2: self = .delivered
        case 3: self = .expired
        case 4: self = .deleted
        case 5: self = .undeliverable
        case 6: self = .accepted
        case 7: self = .unknown
        case 8: self = .rejected
        case 9: self = .skipped
        default: return nil
        }
    }

    /// The word behind `stat:`, by how it begins: carriers misspell the rest. One digit is read as `message_state`.
    package init?(word: String) {
        var letters = word.utf8.filter { Self.isLetter($0) }
        for offset in letters.indices { letters[offset] &= 0xDF }
        guard !letters.isEmpty else {
            guard word.utf8.count == 1, let digit = UInt32(word) else { return nil }
            self.init(messageState: digit)
            return
        }
        if letters.elementsEqual("EN".utf8) {
            self = .enroute
            return
        }
        guard let known = Self.beginnings.first(where: { letters.starts(with: $0.0.utf8) }) else { return nil }
        self = known.1
    }

    private static let beginnings: [(String, ReceiptState)] = [
        ("DELIV", .delivered), ("DLV", .delivered), ("DELVR", .delivered),
        ("UNDEL", .undeliverable), ("UNDLV", .undeliverable), ("FAIL", .undeliverable),
        ("EXP", .expired), ("DELE", .deleted), ("REJ", .rejected),
        ("ACC", .accepted), ("ACK", .accepted),
        ("ENR", .enroute), ("BUF", .enroute), ("SCHED", .scheduled), ("SKIP", .skipped),
        ("UNK", .unknown),
    ]

    private static func isLetter(_ octet: UInt8) -> Bool {
        (0x41...0x5A).contains(octet & 0xDF)
    }
}
