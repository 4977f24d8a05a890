package import Messaging

/// What the tables of both databases have in common.
///
/// Every table is ordered by message id, which is time; so writing appends, a restart reads a tail, pruning cuts a
/// head, and one message is found by its key. There is no other index on the write path.
///
/// `JournalTable` has the columns. Besides: `n` only makes keys unique; the rows of `inbound_part` go when the row of `inbound` with their `id`
/// is added, a `posting` when it is posted; `outcome.segments` is text (`SegmentCoding`); `delivered` is a row for each message in PostgreSQL,
/// and packed in SQLite (`DeliveredMarks`); PostgreSQL has `ledger` (`SharedStore`); `setting` has the `fingerprint_key`, and in SQLite `logged`,
/// the position that rows have come to in the log before them, `opened_by`, and from earlier versions `log`, where that was unless it
/// was beside the file.
///
/// Texts are `storable`. A row that is there already stays as it is (`ON CONFLICT DO NOTHING`): a batch may be added again after a commit
/// whose end is not known, at worst with its receipts and late responses twice. A repeat that was answered from the ledger has an outcome
/// and no message: its life shows what the message of `replay_of` says.
package enum JournalSchema {
    /// So many segments of one key are looked at: a carrier may give an id again and again.
    package static let mostForgotten = 8

    /// The name in `setting` of the key of fingerprints.
    package static let fingerprintKeyName = "fingerprint_key"
    package static let fingerprintKeyLength = 32

    /// The smallest message id of a moment: rows from then on have a key of at least this.
    ///
    /// - Parameter moment: milliseconds since 1970; before 2025 it counts as 2025, after 2094 as the end of ids.
    package static func firstKey(at moment: UInt64) -> Int64 {
        guard moment > epoch else { return 0 }
        let milliseconds = moment - epoch
        return milliseconds >= 1 << 41 ? .max : Int64(milliseconds << 22)
    }

    /// So much longer than other records a posting stays, in milliseconds: longer than `give_up_after` may be. What is posted or
    /// given up is deleted then, so pruning meets only rows that nobody can read.
    package static let postingAge: UInt64 = 49 * 3_600_000

    /// The first key of a posting that is not pruned before `moment`.
    package static func firstPosting(at moment: UInt64) -> Int64 { firstKey(at: moment - min(moment, postingAge)) }

    /// Where a receipt stands: at its message, and without one at the end of its moment.
    package static func place(of receipt: ReceiptRecord) -> Int64 {
        if let message = receipt.message { return key(message) }
        let first = firstKey(at: receipt.at)
        return first | 0x3F_FFFF
    }

    /// Text as both databases can keep it: a NUL, which neither can, becomes U+FFFD.
    package static func storable(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    /// A message id as a database has it: never negative.
    package static func key(_ id: MessageID) -> Int64 { Int64(id.rawValue) }

    /// The message id of a key; nil where a database has what no store of ours wrote.
    package static func id(_ key: Int64) -> MessageID? {
        UInt64(exactly: key).flatMap(MessageID.init(rawValue:))
    }

    private static let epoch = MessageID(rawValue: 0)?.unixMilliseconds ?? 0
}

/// Rows of `delivered`: a commit's marks together, eight octets each, most significant first.
///
/// A row's key is its greatest id, and all its ids are less than `span` before it: so the mark of a message is in a row
/// whose key is between its id and `span` after it, or nowhere. A row whose key is there already takes the new ids
/// to its end (`ON CONFLICT (last) DO UPDATE SET ids = ids || excluded.ids`): that is a mark which came again.
package enum DeliveredMarks {
    /// One minute, as ids count time.
    package static let span: Int64 = 60_000 << 22

    /// The greatest key that a row with this id in it can have.
    package static func end(of key: Int64) -> Int64 {
        let (end, isPast) = key.addingReportingOverflow(span - 1)
        return isPast ? .max : end
    }

    /// The rows of one commit, greatest key first.
    package static func rows(of ids: [MessageID]) -> [(last: Int64, ids: [UInt8])] {
        var rows: [(last: Int64, ids: [UInt8])] = []
        for id in ids.sorted(by: >) {
            let key = JournalSchema.key(id)
            if let last = rows.last?.last, last - key < span {
                append(key, to: &rows[rows.count - 1].ids)
            } else {
                var octets: [UInt8] = []
                append(key, to: &octets)
                rows.append((key, octets))
            }
        }
        return rows
    }

    /// The ids of a row; a rest of less than eight octets is left out.
    package static func ids(in octets: some Collection<UInt8>) -> [MessageID] {
        var ids: [MessageID] = []
        ids.reserveCapacity(octets.count / 8)
        var value: UInt64 = 0
        for (index, octet) in octets.enumerated() {
            value = value << 8 | UInt64(octet)
            if index % 8 == 7, let id = MessageID(rawValue: value) { ids.append(id) }
        }
        return ids
    }

    private static func append(_ key: Int64, to octets: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            octets.append(UInt8(truncatingIfNeeded: key >> Int64(shift)))
        }
    }
}

/// What a store is to survive without losing a record that it said it has.
package enum JournalDurability: String, Hashable, Sendable, CaseIterable {
    /// The process is killed. A power cut may cost the last moments; what is left is whole.
    case processCrash = "process_crash"
    /// The power fails, or the kernel dies: each commit waits for the disk.
    case powerCut = "power_cut"
}
