import Messaging
package import NIOCore
import SMPP

/// A PDU explained line by line for people: offset, field, octets, meaning.
///
/// Malformed PDUs are explained up to the fault, which is named. Unless secrets are to be revealed, passwords, texts
/// and the middle of numbers are masked, in words and in octets; so are parameters and commands of unknown content.
package struct PDUAnnotation {
    private var lines: [String] = []
    private let revealSecrets: Bool
    private var ton: UInt8 = 0
    private var esmClass: UInt8 = 0
    private var dataCoding: UInt8 = 0

    /// Explains one PDU, header included. The text has many lines, each ended by a line feed.
    package static func describe(_ frame: ByteBuffer, revealSecrets: Bool = false) -> String {
        var annotation = PDUAnnotation(revealSecrets: revealSecrets)
        annotation.add(frame)
        return annotation.lines.map { $0 + "\n" }.joined()
    }

    private init(revealSecrets: Bool) {
        self.revealSecrets = revealSecrets
    }

    private mutating func add(_ frame: ByteBuffer) {
        guard let header = PDUHeader(peeking: frame) else {
            lines.append("not a PDU: \(frame.readableBytes) octets are less than a header")
            return
        }
        lines.append("\(header.id.name), \(frame.readableBytes) octets")
        add(header)
        if header.length != frame.readableBytes {
            addFault(at: 0, "command_length is \(header.length), but the PDU has \(frame.readableBytes) octets")
        }
        guard frame.readableBytes > PDUHeader.length else { return }
        let (fields, end, fault) = MandatoryField.find(in: frame, of: header.id)
        for field in fields {
            add(field, of: header.id)
            if field.isOverlong {
                addFault(at: field.offset, PDUFlaw(overlong: field.name, at: field.offset).reason)
            }
        }
        if let fault {
            addFault(at: fault.offset, "\(fault.field): \(fault.reason)")
        } else if fields.isEmpty {
            let octets = Array(frame.readableBytesView.dropFirst(PDUHeader.length))
            add(PDUHeader.length, "body", octets, isHidden: true, "\(octets.count) octets")
        } else {
            addTLVs(of: frame, from: end)
        }
    }

    private mutating func add(_ header: PDUHeader) {
        add(0, "command_length", header.length.octets, "\(header.length)")
        add(4, "command_id", header.id.rawValue.octets, header.id.name)
        add(8, "command_status", header.status.rawValue.octets, header.status.name)
        add(12, "sequence_number", header.sequence.octets, "\(header.sequence)")
    }

    private mutating func add(_ field: MandatoryField, of id: CommandID) {
        let text = String(latin1: field.octets)
        switch field.kind {
        case .text:
            add(field.offset, field.name, field.octets, AnnotationWords.quoted(text))
        case .secret:
            add(
                field.offset, field.name, field.octets, isHidden: true,
                revealSecrets ? AnnotationWords.quoted(text) : "\(field.octets.count) octets")
        case .address:
            let masked = AnnotationWords.maskedAddress(text, ton: ton)
            let isMasked = masked != text
            add(
                field.offset, field.name, field.octets, isHidden: isMasked,
                AnnotationWords.quoted(revealSecrets ? text : masked))
        case .integer:
            let value = field.octets.first ?? 0
            if field.name.hasSuffix("_ton") { ton = value }
            if field.name == "esm_class" { esmClass = value }
            if field.name == "data_coding" { dataCoding = value }
            add(field.offset, field.name, field.octets, AnnotationWords.meaning(of: field.name, value, in: id))
        case .status:
            let status = CommandStatus(rawValue: field.octets.reduce(0) { $0 << 8 | UInt32($1) })
            add(field.offset, field.name, field.octets, status.name)
        case .octets:
            add(field.offset - 1, "sm_length", [UInt8(field.octets.count)], "\(field.octets.count)")
            addText(field.offset, field.name, field.octets)
        }
    }

    /// A message's octets: the user data header explained, the text masked or decoded.
    private mutating func addText(_ offset: Int, _ name: String, _ octets: [UInt8]) {
        let hasHeader = esmClass & 0x40 != 0
        let content = ReceivedUserData(
            octets, hasHeader: hasHeader, dataCoding: dataCoding, sar: nil, policy: TextPolicy()
        ).content
        let words =
            revealSecrets ? AnnotationWords.quotedMessage(content) : "\(content.octets.count) octets of text"
        add(offset, name, octets, isHidden: !octets.isEmpty, words)
        guard hasHeader, let header = UserDataHeader.parse(octets) else { return }
        for line in AnnotatedUserDataHeader.words(header) { addLine("", "  user data header", "", line) }
    }

    private mutating func addTLVs(of frame: ByteBuffer, from end: Int) {
        var rest = frame
        rest.moveReaderIndex(forwardBy: end)
        do {
            while true {
                let offset = frame.readableBytes - rest.readableBytes
                guard let tlv = try TLVCoding.next(from: &rest, at: offset) else { return }
                add(tlv, at: offset)
            }
        } catch {
            addFault(at: error.offset, error.reason)
        }
    }

    private mutating func add(_ tlv: TLV, at offset: Int) {
        addLine(
            Self.digits(offset), tlv.tag.name, Self.hex(UInt32(tlv.tag.rawValue).octets.suffix(2)),
            "\(tlv.value.count) octets")
        if tlv.tag == .messagePayload {
            addText(offset + TLVCoding.headerLength, "  value", tlv.value)
        } else {
            add(
                offset + TLVCoding.headerLength, "  value", tlv.value,
                isHidden: AnnotationWords.isPrivate(tlv.tag) && !tlv.value.isEmpty,
                AnnotationWords.meaning(of: tlv, revealSecrets: revealSecrets))
        }
    }

    // MARK: Lines

    private mutating func add(
        _ offset: Int, _ name: String, _ octets: [UInt8], isHidden: Bool = false, _ words: String
    ) {
        let isMasked = isHidden && !revealSecrets
        addLine(Self.digits(offset), name, isMasked ? "(masked)" : Self.hex(octets[...]), words)
    }

    private mutating func addFault(at offset: Int, _ reason: String) {
        addLine(Self.digits(offset), "FAULT", "", reason)
    }

    private mutating func addLine(_ offset: String, _ name: String, _ octets: String, _ words: String) {
        let line = "  " + pad(offset, 6) + pad(name, 25) + pad(octets, 26) + words
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func digits(_ offset: Int) -> String { UInt32(offset).hexDigits(4) }

    /// At most eight octets in hexadecimal; the rest is told as an ellipsis unless it is all there is to tell.
    private static func hex(_ octets: ArraySlice<UInt8>) -> String {
        let shown = octets.prefix(8).map { UInt32($0).hexDigits(2) }.joined(separator: " ")
        return octets.count > 8 ? shown + " …" : shown
    }
}

extension UInt32 {
    /// The octets as on the wire, most significant first (SMPP 3.4 §3.1).
    fileprivate var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }
}
