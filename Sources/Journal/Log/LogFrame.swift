/// A frame of the log: records that one write put there, between which a kill makes no difference.
///
///     octets 0–3    how many octets of records follow
///     octets 4–7    "smp1"
///     octets 8–15   its position: one more than that of the frame before
///     octets 16–23  a check of the position and the records
///     octets 24…    records, as `RecordEncoder` writes them
///
/// all numbers least octet first. A frame counts when its check holds and its position follows the one before it in its file:
/// what a kill left unfinished, or a disk has spoilt, does not, nor does what stands behind it. Records are decoded only where
/// they are wanted, so what an older or newer version wrote, and what is in the database already, does no harm.
struct LogFrame {
    let position: UInt64
    /// The records' octets.
    private let octets: ArraySlice<UInt8>

    static let headerLength = 24
    /// What stands before the records until they are all there.
    static let header = [UInt8](repeating: 0, count: headerLength)
    private static let mark: [UInt8] = Array("smp1".utf8)

    /// - Throws: `incompatible` where a newer version wrote them, `corrupt` where nobody did.
    func records() throws(JournalProblem) -> [JournalRecord] {
        do throws(RecordDecoder.Failure) {
            return try RecordDecoder.records(in: octets)
        } catch {
            switch error {
            case .unknownKind:
                throw JournalProblem(
                    .incompatible,
                    "journal: the log holds records of a newer version of smppost, which its database does not have: start "
                        + "that version once, then this one")
            case .malformed: throw JournalProblem(.corrupt, "journal: a frame of the log holds what is no record")
            }
        }
    }

    /// The frames at the start of these octets, in order.
    static func all(in octets: ArraySlice<UInt8>) -> [LogFrame] {
        var frames: [LogFrame] = []
        var rest = octets
        while rest.count > headerLength {
            let start = rest.startIndex
            let length = Int(number(rest[start..<start + 4]))
            let position = number(rest[start + 8..<start + 16])
            let records = rest.dropFirst(headerLength).prefix(length)
            guard rest[start + 4..<start + 8].elementsEqual(mark), records.count == length, length > 0,
                frames.last.map({ $0.position &+ 1 == position }) ?? true,
                number(rest[start + 16..<start + 24]) == check(records, position)
            else { break }
            frames.append(LogFrame(position: position, octets: records))
            rest = rest.dropFirst(headerLength + length)
        }
        return frames
    }

    /// Makes a frame of `header` and the records behind it.
    static func seal(_ octets: inout [UInt8], position: UInt64) {
        put(UInt64(octets.count - headerLength), into: &octets, at: 0)
        for (index, octet) in mark.enumerated() { octets[4 + index] = octet }
        put(position, into: &octets, at: 8)
        put(check(octets[headerLength...], position), into: &octets, at: 16)
    }

    private static func put(_ number: UInt64, into octets: inout [UInt8], at place: Int) {
        let width = place == 0 ? 4 : 8
        for index in 0..<width { octets[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
    }

    private static func number(_ octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Tells octets that a kill or a disk has spoilt; nobody has an interest in forging it.
    private static func check(_ octets: ArraySlice<UInt8>, _ position: UInt64) -> UInt64 {
        let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
        let span = octets.span
        var sum = (position ^ UInt64(span.count)) &* prime
        func add(_ word: UInt64) {
            sum = (sum ^ word) &* prime
            sum ^= sum >> 29
        }
        var place = 0
        while span.count - place >= 8 {
            var word: UInt64 = 0
            for index in 0..<8 { word = word << 8 | UInt64(span[place &+ index]) }
            add(word)
            place += 8
        }
        if place < span.count { add((place..<span.count).reduce(0) { $0 << 8 | UInt64(span[$1]) }) }
        return sum
    }
}
