import SMPP

/// How ids are written and read back.
extension SimulatorOptions.MessageIDForm {
    /// As `submit_sm_resp` gives it.
    func text(_ id: UInt64) -> String {
        switch self {
        case .decimal: String(id)
        case .hexadecimal: String(id, radix: 16)
        case .uuid: Self.uuid(id)
        case .empty: ""
        }
    }

    /// As a receipt gives it.
    func text(_ id: UInt64, in receipt: ReceiptOptions.IDs) -> String {
        switch receipt {
        case .same: self == .empty ? String(id) : text(id)
        case .hex: String(id, radix: 16)
        case .decimal: String(id)
        case .padded:
            Self.padded(self == .empty ? String(id) : text(id), 20)
        case .uppercase: text(id).uppercased()
        }
    }

    /// The id that a peer wrote, in the form in which it was given out; case does not matter.
    func id(from text: String) -> UInt64? {
        switch self {
        case .decimal, .empty: UInt64(text)
        case .hexadecimal: UInt64(text, radix: 16)
        case .uuid: Self.id(fromUUID: text)
        }
    }

    /// A UUID of version 8 (RFC 9562 §5.8): 48 and 12 bits of the id, then its last four with a mix of all of them.
    private static func uuid(_ id: UInt64) -> String {
        var mixer = SplitMix64(seed: id)
        let mix = mixer.next()
        let head = padded(String(id >> 16, radix: 16), 12)
        let middle = padded(String(id >> 4 & 0xFFF, radix: 16), 3)
        let last = padded(String((id & 0xF) << 8 | mix & 0xFF, radix: 16), 3)
        let tail = padded(String(mix >> 16, radix: 16), 12)
        return "\(head.prefix(8))-\(head.suffix(4))-8\(middle)-8\(last)-\(tail)"
    }

    private static func id(fromUUID text: String) -> UInt64? {
        let parts = text.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 5, let head = UInt64(parts[0] + parts[1], radix: 16),
            let middle = UInt64(parts[2].dropFirst(), radix: 16),
            let last = UInt64(parts[3].dropFirst().prefix(1), radix: 16)
        else { return nil }
        let id = head << 16 | middle << 4 | last
        return uuid(id) == text.lowercased() ? id : nil
    }

    private static func padded(_ digits: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
