import SMPP

/// Texts between Swift strings and the fixed arrays of the shim's structs, one Latin-1 scalar for each octet.
enum FieldCoding {
    /// Stores `text` and its NUL in a zeroed array.
    ///
    /// `maximum` is how many octets the standard lets it have, which the array may exceed; an array is a tuple in Swift.
    static func store<Octets: BitwiseCopyable>(
        _ text: String, _ field: String, in octets: inout Octets, maximum: Int = MemoryLayout<Octets>.size - 1
    ) throws(PDUEncodingError) {
        if text.isEmpty { return }
        if let fault = fault(of: text, maximum: maximum) { throw PDUEncodingError(field: field, reason: fault) }
        withUnsafeMutableBytes(of: &octets) { target in
            for (offset, scalar) in text.unicodeScalars.enumerated() {
                target[offset] = UInt8(truncatingIfNeeded: scalar.value)
            }
        }
    }

    /// The first thing that keeps `text` out of a field of at most `maximum` octets; nil where it may go in.
    static func fault(of text: String, maximum: Int) -> String? {
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            if offset == maximum { return "more than \(maximum) octets" }
            if scalar.value == 0 { return "a NUL at octet \(offset)" }
            if scalar.value > 0xFF { return "a character that is not Latin-1 at octet \(offset)" }
        }
        return nil
    }

    /// Stores a time.
    static func storeTime<Octets: BitwiseCopyable>(
        _ text: String, _ field: String, in octets: inout Octets
    ) throws(PDUEncodingError) {
        try checkTime(text, field)
        try store(text, field, in: &octets)
    }

    /// A time has 16 octets or none (SMPP 3.4 §7.1.1).
    static func checkTime(_ text: String, _ field: String) throws(PDUEncodingError) {
        guard text.isEmpty || text.unicodeScalars.count == 16 else {
            throw PDUEncodingError(field: field, reason: "neither empty nor 16 octets")
        }
    }

    /// Octets of the longest `short_message` (SMPP 3.4 §5.2.22).
    static let maximumMessage = 254

    /// `sm_length` of a message's `short_message` (SMPP 3.4 §5.2.21).
    static func messageLength(_ message: ShortMessage) throws(PDUEncodingError) -> UInt8 {
        let count = message.shortMessage.count
        guard count <= maximumMessage else {
            throw PDUEncodingError(field: "sm_length", reason: "\(count) octets, more than \(maximumMessage)")
        }
        return UInt8(count)
    }

    /// The text of an array up to its NUL.
    static func text<Octets: BitwiseCopyable>(_ octets: inout Octets) -> String {
        withUnsafeBytes(of: &octets) { octets in
            let text = UnsafeRawBufferPointer(rebasing: octets.prefix(while: { $0 != 0 }))
            if text.allSatisfy({ $0 < 0x80 }) { return String(decoding: text, as: UTF8.self) }
            return String(latin1: text)
        }
    }
}
