/// The parameters of one command in PostgreSQL's binary form: whole columns as arrays, so that a batch is one command.
struct PostgreSQLParameters {
    /// All of them, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where each one ends.
    private(set) var ends: [Int32] = []

    /// Types by their `oid` in `pg_type`, which are the same in every PostgreSQL.
    private enum ElementType: UInt32 {
        case boolean = 16
        case bigint = 20
        case integer = 23
        case text = 25
    }

    // MARK: Single values

    /// A `bigint`.
    mutating func add(_ value: Int64) {
        append(value)
        end()
    }

    /// A `text`.
    mutating func add(_ value: String) {
        append(text: value)
        end()
    }

    /// A `bytea`.
    mutating func add(octets: [UInt8]) {
        bytes.append(contentsOf: octets)
        end()
    }

    // MARK: Columns

    /// A `bigint[]`.
    mutating func addIntegers<Record>(_ records: [Record], _ value: (Record) -> Int64) {
        beginArray(of: .bigint, count: records.count)
        bytes.reserveCapacity(bytes.count + 12 * records.count)
        for record in records { appendElement(value(record)) }
        end()
    }

    /// A `bigint[]` with nulls.
    mutating func addOptionalIntegers<Record>(_ records: [Record], _ value: (Record) -> Int64?) {
        beginArray(of: .bigint, count: records.count)
        for record in records {
            if let value = value(record) { appendElement(value) } else { append(Int32(-1)) }
        }
        end()
    }

    /// An `integer[]`; a value that is none becomes the nearest.
    mutating func addSmallIntegers<Record>(_ records: [Record], _ value: (Record) -> Int) {
        beginArray(of: .integer, count: records.count)
        for record in records {
            append(Int32(4))
            append(Int32(clamping: value(record)))
        }
        end()
    }

    /// An `integer[]` with nulls.
    mutating func addOptionalSmallIntegers<Record>(_ records: [Record], _ value: (Record) -> Int?) {
        beginArray(of: .integer, count: records.count)
        for record in records {
            if let value = value(record) {
                append(Int32(4))
                append(Int32(clamping: value))
            } else {
                append(Int32(-1))
            }
        }
        end()
    }

    /// A `boolean[]`.
    mutating func addFlags<Record>(_ records: [Record], _ value: (Record) -> Bool) {
        beginArray(of: .boolean, count: records.count)
        for record in records {
            append(Int32(1))
            bytes.append(value(record) ? 1 : 0)
        }
        end()
    }

    /// A `text[]`.
    mutating func addTexts<Record>(_ records: [Record], _ value: (Record) -> String) {
        beginArray(of: .text, count: records.count)
        for record in records { appendElement(value(record)) }
        end()
    }

    /// A `text[]` with nulls.
    mutating func addOptionalTexts<Record>(_ records: [Record], _ value: (Record) -> String?) {
        beginArray(of: .text, count: records.count)
        for record in records {
            if let value = value(record) { appendElement(value) } else { append(Int32(-1)) }
        }
        end()
    }

    // MARK: Octets, most significant first

    /// One dimension, with nulls, counted from 1 (`array_recv`).
    private mutating func beginArray(of type: ElementType, count: Int) {
        append(Int32(1))
        append(Int32(1))
        append(Int32(bitPattern: type.rawValue))
        append(Int32(clamping: count))
        append(Int32(1))
    }

    private mutating func appendElement(_ value: Int64) {
        append(Int32(8))
        append(value)
    }

    private mutating func appendElement(_ value: String) {
        let place = bytes.count
        append(Int32(0))
        append(text: value)
        let length = UInt32(truncatingIfNeeded: bytes.count - place - 4)
        for octet in 0..<4 { bytes[place + octet] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * octet)) }
    }

    private mutating func append(text: String) {
        bytes.append(contentsOf: JournalSchema.storable(text).utf8)
    }

    private mutating func append(_ value: Int64) {
        append(Int32(truncatingIfNeeded: value >> 32))
        append(Int32(truncatingIfNeeded: value))
    }

    private mutating func append(_ value: Int32) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 24))
        bytes.append(UInt8(truncatingIfNeeded: value >> 16))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    private mutating func end() {
        ends.append(Int32(clamping: bytes.count))
    }
}
