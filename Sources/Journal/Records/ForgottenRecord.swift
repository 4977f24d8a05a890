package import Messaging

/// A segment whose final receipt has not come, and for which memory has no more room: its receipt asks the journal for it.
package struct ForgottenRecord: Hashable, Sendable {
    package var id: MessageID
    /// Index of the segment, from 0.
    package var segment: Int
    /// `key(of:at:)`.
    package var key: Int64

    package init(id: MessageID, segment: Int, key: Int64) {
        self.id = id
        self.segment = segment
        self.key = key
    }

    /// By what it is found.
    ///
    /// - Parameter folded: the carrier's id in the one form that all ways to write it have.
    package static func key(of folded: String, at carrier: String) -> Int64 { RecordDigest.of(carrier, folded) }
}

/// FNV-1a, 64 bits, of what makes a record the same as another.
enum RecordDigest {
    /// What the other key columns of a late response do not say.
    static func of(_ late: LateRecord) -> Int64 {
        of(late.carrier, late.carrierID, "\(late.segment) \(late.status)")
    }

    /// What the other key columns of a receipt do not say.
    static func of(_ receipt: ReceiptRecord) -> Int64 {
        of(
            receipt.carrier, receipt.carrierID, receipt.state, receipt.error ?? "",
            "\(receipt.segment ?? -1) \(receipt.isDuplicate)")
    }

    static func of(_ parts: String...) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for octet in part.utf8 { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01B3 }
            // No octet of UTF-8: where one part ends and the next begins is part of the digest.
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        return Int64(bitPattern: hash)
    }
}
