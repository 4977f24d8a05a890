import Foundation
import Glibc

/// A file that takes records in before their database does, at the cost of one write for all of a turn.
///
/// It has two halves of a fixed size, filled in turn; a half is written over from its start when all of it is in the database. A
/// frame holds the records of one write:
///
///     octets 0–3    how many octets of records follow
///     octets 4–7    "smp1"
///     octets 8–15   its position: one more than that of the frame before
///     octets 16–23  a check of the position and the records
///     octets 24…    records, as `RecordEncoder` writes them
///
/// all numbers least octet first. A frame counts when its check holds and its position follows the one before it in its half: what
/// a kill left unfinished, and what is left of the half's earlier use, does not. Used by one thread at a time; blocks, unless
/// it is in memory.
final class RecordLog {
    struct Frame {
        let position: UInt64
        let records: [JournalRecord]
    }

    /// What became of records.
    enum Writing {
        /// They are in the file, in the frames with these positions.
        case written(ClosedRange<UInt64>)
        /// Not before everything up to this position is in the database.
        case full(until: UInt64)
    }

    private struct End {
        var half = 0
        var offset = 0
        /// Of the last frame of all.
        var position: UInt64 = 0
        /// Of the last frame of each half.
        var lasts: [UInt64] = [0, 0]
    }

    let file: JournalFile
    private let size: Int
    private let durability: JournalDurability
    private var descriptor: Int32?
    /// Whether it is in a file system that lives in memory (tmpfs): a write waits for no disk.
    private(set) var isInMemory = false
    private var end = End()
    /// The memory of a frame that is written, for the next one.
    private var spare: [UInt8] = []

    private static let headerLength = 24
    private static let header = [UInt8](repeating: 0, count: headerLength)
    private static let mark: [UInt8] = Array("smp1".utf8)
    /// Octets from which on further records go into a frame of their own.
    private static let frameLength = 64 << 10

    /// - Parameters:
    ///   - path: made when it is missing.
    ///   - size: octets of both halves.
    init(path: String, size: Int, durability: JournalDurability) {
        file = JournalFile(path: path)
        self.size = size
        self.durability = durability
    }

    deinit {
        close()
    }

    private var halfSize: Int { size / 2 }

    /// Opens the file for what earlier processes left in it, alone; `begin` makes it ready to be written.
    func open() throws(JournalProblem) {
        close()
        let opened = Glibc.open(file.path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw file.problem(errno, "cannot be opened") }
        descriptor = opened
        do throws(JournalProblem) {
            try check(opened)
        } catch {
            close()
            throw error
        }
    }

    /// Its folder may be everybody's (`/dev/shm`).
    private func check(_ opened: Int32) throws(JournalProblem) {
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw file.problem(errno, "cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            throw JournalProblem(.failed, "journal \(file.path): is no file of this user")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else { throw file.problem(errno, "another smppost uses it") }
        isInMemory = FileSystemKind(ofDevice: UInt64(status.st_dev)) == .memory
    }

    func close() {
        if let descriptor { _ = Glibc.close(descriptor) }
        descriptor = nil
        isInMemory = false
    }

    /// Nothing of it is needed any more.
    func remove() {
        if descriptor != nil { unlink(file.path) }
        close()
    }

    /// Frames whose position is greater than this one, in order.
    func frames(after position: UInt64) throws(JournalProblem) -> [Frame] {
        var status = stat()
        guard let descriptor, fstat(descriptor, &status) == 0 else { throw file.problem(errno, "cannot be read") }
        let half = Int(status.st_size) / 2
        var frames: [Frame] = []
        for start in [0, half] {
            var octets = [UInt8](repeating: 0, count: half)
            let count = pread(descriptor, &octets, half, off_t(start))
            guard count >= 0 else { throw file.problem(errno, "cannot be read") }
            frames += try Self.frames(in: octets.prefix(count)).filter { $0.position > position }
        }
        return frames.sorted { $0.position < $1.position }
    }

    /// Makes the file ready: everything in it is in the database, up to `position`.
    func begin(after position: UInt64) throws(JournalProblem) {
        guard let descriptor else { throw file.problem(EBADF, "is not open") }
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw file.problem(errno, "cannot be sized") }
        // A disk without room shows itself here, and not when a message is on its way.
        let code = posix_fallocate(descriptor, 0, off_t(size))
        guard code == 0 else { throw file.problem(code, "cannot have its \(size) octets") }
        end = End(position: position)
    }

    /// Writes records, at least one: all of them, or none.
    ///
    /// - Parameter moved: the greatest position up to which everything is in the database.
    func write(_ records: [JournalRecord], moved: UInt64) throws(JournalProblem) -> Writing {
        guard let descriptor else { throw file.problem(EBADF, "is not open") }
        var next = end
        var frames: [(octets: [UInt8], place: Int)] = []
        var written = 0
        while written < records.count {
            next.position += 1
            let octets = frame(records, after: &written, position: next.position)
            if next.offset + octets.count > halfSize {
                guard octets.count <= halfSize else {
                    throw JournalProblem(.failed, "journal \(file.path): a record is longer than half of the log")
                }
                let other = 1 - next.half
                if next.lasts[other] > moved { return .full(until: next.lasts[other]) }
                (next.half, next.offset) = (other, 0)
            }
            frames.append((octets, next.half * halfSize + next.offset))
            next.offset += octets.count
            next.lasts[next.half] = next.position
        }
        for frame in frames { try write(frame.octets, descriptor, at: frame.place) }
        spare = frames.removeLast().octets
        if durability == .powerCut, fdatasync(descriptor) != 0 { throw file.problem(errno, "cannot be synced") }
        let positions = end.position + 1...next.position
        end = next
        return .written(positions)
    }

    private func write(_ octets: [UInt8], _ descriptor: Int32, at offset: Int) throws(JournalProblem) {
        while true {
            let count = pwrite(descriptor, octets, octets.count, off_t(offset))
            if count == octets.count { return }
            guard count < 0, errno == EINTR else {
                throw file.problem(count < 0 ? errno : ENOSPC, "cannot be written")
            }
        }
    }

    // MARK: Frames

    /// A frame with the next of these records.
    ///
    /// - Parameter written: how many of them are in frames.
    private func frame(_ records: [JournalRecord], after written: inout Int, position: UInt64) -> [UInt8] {
        var memory: [UInt8] = []
        swap(&memory, &spare)
        var encoder = RecordEncoder(after: Self.header, in: memory)
        while written < records.count, encoder.octets.count < Self.frameLength {
            encoder.add(records[written])
            written += 1
        }
        var octets = encoder.finish()
        Self.put(UInt64(octets.count - Self.headerLength), into: &octets, at: 0)
        for (index, octet) in Self.mark.enumerated() { octets[4 + index] = octet }
        Self.put(position, into: &octets, at: 8)
        Self.put(Self.check(octets[Self.headerLength...], position), into: &octets, at: 16)
        return octets
    }

    private static func frames(in half: ArraySlice<UInt8>) throws(JournalProblem) -> [Frame] {
        var frames: [Frame] = []
        var rest = half
        while rest.count > headerLength {
            let start = rest.startIndex
            let length = Int(number(rest[start..<start + 4]))
            let position = number(rest[start + 8..<start + 16])
            let records = rest.dropFirst(headerLength).prefix(length)
            guard rest[start + 4..<start + 8].elementsEqual(mark), records.count == length, length > 0,
                frames.last.map({ $0.position &+ 1 == position }) ?? true,
                number(rest[start + 16..<start + 24]) == check(records, position)
            else { break }
            do throws(RecordDecoder.Malformed) {
                frames.append(Frame(position: position, records: try RecordDecoder.records(in: records)))
            } catch {
                throw JournalProblem(.corrupt, "journal: a frame of the log holds what is no record")
            }
            rest = rest.dropFirst(headerLength + length)
        }
        return frames
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
