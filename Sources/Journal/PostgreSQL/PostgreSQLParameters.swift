/// The parameters of one command in PostgreSQL's binary form.
struct PostgreSQLParameters {
    private var all = PostgreSQLBytes()
    /// Where each one ends.
    private(set) var ends: [Int32] = []

    /// All of them, one behind the other.
    var bytes: [UInt8] { all.octets }

    /// A `bigint`.
    mutating func add(_ value: Int64) {
        all.append(value)
        end()
    }

    /// A `text`.
    mutating func add(_ value: String) {
        all.append(text: value)
        end()
    }

    /// A `bytea`, or anything in its binary form.
    mutating func add(octets: [UInt8]) {
        all.append(octets)
        end()
    }

    /// A `bigint[]`.
    mutating func addIntegers<Record>(_ records: [Record], _ value: (Record) -> Int64) {
        var elements = PostgreSQLBytes()
        for record in records {
            elements.append(Int32(8))
            elements.append(value(record))
        }
        addArray(of: .bigint, count: records.count, elements)
    }

    /// An array of one dimension, with nulls, counted from 1 (`array_recv`).
    ///
    /// - Parameter elements: each after its length; -1 = null.
    mutating func addArray(of type: JournalTable.ColumnType, count: Int, _ elements: PostgreSQLBytes) {
        for number in [1, 1, type.oid, Int32(clamping: count), 1] { all.append(number) }
        all.append(elements.octets)
        end()
    }

    private mutating func end() {
        ends.append(Int32(clamping: all.octets.count))
    }
}

/// Values in PostgreSQL's binary form, most significant octets first.
struct PostgreSQLBytes {
    private(set) var octets: [UInt8] = []

    /// A text after its length.
    mutating func append(counted text: String) {
        let place = octets.count
        append(Int32(0))
        append(text: text)
        let length = UInt32(truncatingIfNeeded: octets.count - place - 4)
        for octet in 0..<4 { octets[place + octet] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * octet)) }
    }

    mutating func append(text: String) {
        octets.append(contentsOf: JournalSchema.storable(text).utf8)
    }

    mutating func append(_ value: Int64) {
        append(Int32(truncatingIfNeeded: value >> 32))
        append(Int32(truncatingIfNeeded: value))
    }

    mutating func append(_ value: Int32) {
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append(_ octet: UInt8) {
        octets.append(octet)
    }

    mutating func append(_ more: [UInt8]) {
        octets += more
    }
}

extension JournalTable.ColumnType {
    /// Its number in `pg_type`, which is the same in every PostgreSQL.
    fileprivate var oid: Int32 {
        switch self {
        case .boolean: 16
        case .bigint: 20
        case .integer: 23
        case .text: 25
        }
    }
}
