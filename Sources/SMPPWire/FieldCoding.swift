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
        var count = 0
        var fault: String?
        withUnsafeMutableBytes(of: &octets) { target in
            for scalar in text.unicodeScalars {
                if count == maximum {
                    fault = "more than \(maximum) octets"
                } else if scalar.value == 0 {
                    fault = "a NUL at octet \(count)"
                } else if scalar.value > 0xFF {
                    fault = "a character that is not Latin-1 at octet \(count)"
                } else {
                    target[count] = UInt8(truncatingIfNeeded: scalar.value)
                    count += 1
                    continue
                }
                return
            }
        }
        if let fault { throw PDUEncodingError(field: field, reason: fault) }
    }

    /// Stores a time, which has 16 octets or none (SMPP 3.4 §7.1.1).
    static func storeTime<Octets: BitwiseCopyable>(
        _ text: String, _ field: String, in octets: inout Octets
    ) throws(PDUEncodingError) {
        guard text.isEmpty || text.unicodeScalars.count == 16 else {
            throw PDUEncodingError(field: field, reason: "neither empty nor 16 octets")
        }
        try store(text, field, in: &octets)
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
