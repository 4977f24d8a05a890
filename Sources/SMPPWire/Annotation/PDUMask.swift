package import NIOCore
import SMPP

/// Hides what is secret or private in a PDU and leaves every length as it is, so that other programs can still read it.
///
/// Passwords become `*`, always. Unless texts are to be shown, so do texts (what stands in front of them in a user data
/// header stays, and so do the known fields of a delivery receipt), the middle of numbers, and whatever nobody knows: bodies of
/// unknown commands, parameters without a name, all that follows a fault.
package enum PDUMask {
    private static let star = UInt8(ascii: "*")

    /// Masks one whole PDU in place.
    package static func apply(to frame: inout ByteBuffer, showTexts: Bool) {
        guard frame.readableBytes > PDUHeader.length, let header = PDUHeader(peeking: frame) else { return }
        let (fields, end, fault) = MandatoryField.find(in: frame, of: header.id)
        var mask = Masking(frame: frame, showTexts: showTexts, command: header.id)
        for field in fields { mask.hide(field) }
        if fault != nil {
            // A password may follow.
            let hasSecret = header.id == .outbind || BindKind.allCases.contains { $0.commandID == header.id }
            if !showTexts || hasSecret { mask.hideRest(from: fields.last.map { $0.offset + $0.octets.count }) }
        } else if fields.isEmpty {
            if !showTexts { mask.hideRest(from: nil) }
        } else {
            mask.hideTLVs(from: end)
        }
        frame = mask.frame
    }

    private struct Masking {
        var frame: ByteBuffer
        let showTexts: Bool
        let command: CommandID
        private var ton: UInt8 = 0
        private var esmClass: UInt8 = 0
        private var dataCoding: UInt8 = 0

        init(frame: ByteBuffer, showTexts: Bool, command: CommandID) {
            self.frame = frame
            self.showTexts = showTexts
            self.command = command
        }

        mutating func hide(_ field: MandatoryField) {
            switch field.kind {
            case .text, .status: break
            case .secret: set(field.octets.map { _ in star }, at: field.offset)
            case .integer:
                let value = field.octets.first ?? 0
                if field.name.hasSuffix("_ton") { ton = value }
                if field.name == "esm_class" { esmClass = value }
                if field.name == "data_coding" { dataCoding = value }
            case .address:
                if !showTexts { set(PDUMask.address(field.octets, ton: ton), at: field.offset) }
            case .octets:
                if !showTexts { set(message(field.octets), at: field.offset) }
            }
        }

        /// From an offset, or from the header's end, to the PDU's end.
        mutating func hideRest(from offset: Int?) {
            let start = offset ?? PDUHeader.length
            set(Array(repeating: star, count: max(0, frame.readableBytes - start)), at: start)
        }

        mutating func hideTLVs(from end: Int) {
            guard !showTexts else { return }
            var rest = frame
            rest.moveReaderIndex(forwardBy: end)
            while true {
                let offset = frame.readableBytes - rest.readableBytes
                do {
                    guard let tlv = try TLVCoding.next(from: &rest, at: offset) else { return }
                    guard AnnotationWords.isPrivate(tlv.tag) else { continue }
                    let hidden = tlv.tag == .messagePayload ? message(tlv.value) : tlv.value.map { _ in star }
                    set(hidden, at: offset + TLVCoding.headerLength)
                } catch {
                    return hideRest(from: error.offset)
                }
            }
        }

        private mutating func set(_ octets: [UInt8], at offset: Int) {
            frame.setBytes(octets, at: frame.readerIndex + offset)
        }

        /// A message's octets with its text hidden.
        private func message(_ octets: [UInt8]) -> [UInt8] {
            let isInbound = command == .deliverSM || command == .dataSM
            if isInbound, esmClass & 0x3C == 0x04, esmClass & 0x40 == 0 {
                let kept = PDUMask.receiptFields(octets)
                return octets.prefix(kept) + hidden(octets.count - kept)
            }
            let header = esmClass & 0x40 != 0 ? PDUMask.userDataHeader(octets) : []
            return header + hidden(octets.count - header.count)
        }

        /// Stars of the message's own alphabet.
        private func hidden(_ count: Int) -> [UInt8] {
            let isUCS2 = dataCoding == 8 || 0xE0...0xEF ~= dataCoding
            return (0..<count).map { isUCS2 && $0 % 2 == 0 ? 0 : star }
        }
    }

    // MARK: What stays

    /// A number without its middle; a sender's name whole. As `AnnotationWords.maskedAddress`, octet for octet.
    private static func address(_ octets: [UInt8], ton: UInt8) -> [UInt8] {
        let text = AnnotationWords.maskedAddress(String(latin1: octets), ton: ton)
        let masked = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        // A carriage return and a line feed are one character: such a number is none.
        return masked.count == octets.count ? masked : octets.map { _ in star }
    }

    /// The user data header with the content of unknown elements hidden; nothing where it is broken.
    private static func userDataHeader(_ octets: [UInt8]) -> [UInt8] {
        guard let count = octets.first, Int(count) < octets.count else { return [] }
        var header = Array(octets[...Int(count)])
        var offset = 1
        while offset < header.count {
            guard offset + 1 < header.count, offset + 2 + Int(header[offset + 1]) <= header.count else { return [] }
            let end = offset + 2 + Int(header[offset + 1])
            // Parts, ports and tables of alphabets; anything else may hold a text.
            if ![0x00, 0x08, 0x04, 0x05, 0x24, 0x25].contains(header[offset]) || end - offset > 6 {
                for octet in (offset + 2)..<end { header[octet] = star }
            }
            offset = end
        }
        return header
    }

    /// How many octets of a receipt are fields that hold no text (SMPP 3.4, Appendix B).
    private static func receiptFields(_ octets: [UInt8]) -> Int {
        let names: Set<String> = ["id", "sub", "dlvrd", "date", "stat", "err"]
        var kept = 0
        for word in octets.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            let text = String(latin1: word)
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let isField =
                parts.count == 2 && names.contains(parts[0].lowercased())
                && parts[1].utf8.count <= 64
                && parts[1].utf8.allSatisfy {
                    0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || [0x2D, 0x2E, 0x5F].contains($0)
                }
            guard isField || ["submit", "done", ""].contains(text.lowercased()) else { return kept }
            kept = min(word.endIndex + 1, octets.count)
        }
        return kept
    }
}
