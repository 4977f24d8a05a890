/// An optional parameter of a PDU (SMPP 3.4 §5.3).
package struct TLV: Hashable, Sendable {
    /// Which parameter it is.
    package var tag: TLVTag
    /// Its value, 0 to 65,535 octets.
    package var value: [UInt8]

    package init(_ tag: TLVTag, _ value: [UInt8]) {
        self.tag = tag
        self.value = value
    }

    /// A one-octet integer value.
    package init(_ tag: TLVTag, _ value: UInt8) {
        self.init(tag, [value])
    }

    /// A two-octet integer value, most significant octet first (§3.1).
    package init(_ tag: TLVTag, _ value: UInt16) {
        self.init(tag, [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)])
    }

    /// A C-octet string value: the Latin-1 octets of `text` and the closing NUL.
    package init(_ tag: TLVTag, cString text: String) {
        self.init(tag, text.latin1Octets + [0])
    }

    /// The value as an unsigned integer of one, two or four octets; nil for any other length.
    package var integer: UInt32? {
        switch value.count {
        case 1, 2, 4: value.reduce(0) { $0 << 8 | UInt32($1) }
        default: nil
        }
    }

    /// The value as text up to its first NUL, or whole where there is none (some peers leave it out).
    package var text: String { String(latin1: value.prefix { $0 != 0 }) }
}

/// The tag of an optional parameter (SMPP 3.4 §5.3.2). Any 16-bit value is representable.
package struct TLVTag: RawRepresentable, Hashable, Sendable {
    /// The value as it stands on the wire.
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let receiptedMessageID = TLVTag(rawValue: 0x001E)
    package static let userMessageReference = TLVTag(rawValue: 0x0204)
    package static let sarMessageReference = TLVTag(rawValue: 0x020C)
    package static let sarTotalSegments = TLVTag(rawValue: 0x020E)
    package static let sarSegmentSequence = TLVTag(rawValue: 0x020F)
    package static let interfaceVersion = TLVTag(rawValue: 0x0210)
    package static let networkErrorCode = TLVTag(rawValue: 0x0423)
    package static let messagePayload = TLVTag(rawValue: 0x0424)
    package static let deliveryFailureReason = TLVTag(rawValue: 0x0425)
    package static let messageState = TLVTag(rawValue: 0x0427)
    /// `congestion_state` of SMPP 5.0 §4.8.4.18: 0 (idle) to 100 (congested).
    package static let congestionState = TLVTag(rawValue: 0x0428)
    package static let sourceSubaddress = TLVTag(rawValue: 0x0202)
    package static let destinationSubaddress = TLVTag(rawValue: 0x0203)
}

extension [TLV] {
    /// The first parameter with this tag. Order on the wire is free (§3.2.4.1) and repeats are a peer's mistake.
    package subscript(_ tag: TLVTag) -> TLV? { first { $0.tag == tag } }
}

extension String {
    /// Text from octets, one scalar each: C-octet strings keep every octet that a peer sent.
    package init(latin1 octets: some Sequence<UInt8>) {
        var view = String.UnicodeScalarView()
        for octet in octets { view.append(Unicode.Scalar(octet)) }
        self.init(view)
    }

    /// The octets of a C-octet string without its NUL; a scalar above U+00FF becomes `?`.
    package var latin1Octets: [UInt8] { unicodeScalars.map { UInt8(exactly: $0.value) ?? 0x3F } }
}
