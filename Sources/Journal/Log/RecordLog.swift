import Foundation
import Glibc

/// The log that takes records in before their database does, at the cost of one write for all of a turn.
///
/// It is a row of files (`LogSegments`) beside the database, filled with frames (`LogFrame`) one after the other. A turn of any size
/// fits: a file is changed before a write, never in the middle of one. Used by one thread at a time. What is written is the
/// kernel's: it survives the process however that ends, and with `powerCut` the machine.
final class RecordLog {
    let segments: LogSegments
    private let path: String
    private let size: Int
    private let durability: JournalDurability
    /// Where the next frame goes; nil = not open.
    private var current: LogSegments.Segment?
    private var offset = 0
    /// Of the last frame.
    private(set) var position: UInt64 = 0
    /// The memory of a frame that is written, for the next one.
    private var spare: [UInt8] = []

    /// Octets from which on further records go into a frame of their own.
    private static let frameLength = 64 << 10

    /// - Parameters:
    ///   - path: of the database.
    ///   - size: octets that are prepared: half of them in the file that is written, half in the one that follows.
    init(of path: String, size: Int, durability: JournalDurability) {
        self.path = path
        self.size = size / 2
        self.durability = durability
        segments = LogSegments(of: path, size: size / 2, isSynced: durability == .powerCut)
    }

    /// Whether the database is so far behind that who writes waits for it, on the journal's thread. While nothing is moved at all,
    /// no file follows the one that is written.
    var isFarAhead: Bool { offset >= LogSegments.mostKept * size || segments.areMany }

    /// What earlier processes left in the files after this position, in order.
    func frames(after position: UInt64) throws(JournalProblem) -> [LogFrame] {
        var frames: [LogFrame] = []
        for path in segments.paths {
            let octets = try JournalFile(path: path).octets()
            frames += LogFrame.all(in: octets[...]).filter { $0.position > position }
        }
        return frames.sorted { $0.position < $1.position }
    }

    /// Makes it ready: everything in the files is in the database, up to `position`.
    func begin(after position: UInt64) throws(JournalProblem) {
        try segments.begin()
        (current, offset, self.position) = (segments.current, 0, position)
    }

    func close() {
        current = nil
        segments.close()
    }

    /// Nothing of it is needed any more.
    func remove() {
        current = nil
        segments.remove()
    }

    /// Writes records, at least one: all of them, or none.
    ///
    /// - Returns: the positions of their frames.
    func write(_ records: [JournalRecord]) throws(JournalProblem) -> ClosedRange<UInt64> {
        if offset >= size, let next = segments.change(after: position) { (current, offset) = (next, 0) }
        guard let current else { throw JournalProblem(.unreachable, "journal \(path): the log is not open") }
        var (next, end, written) = (position, offset, 0)
        do throws(JournalProblem) {
            while written < records.count {
                next += 1
                let octets = frame(records, after: &written, position: next)
                try write(octets, current, at: end)
                end += octets.count
                spare = octets
            }
            if durability == .powerCut, fdatasync(current.descriptor) != 0 { throw problem(errno, "cannot be synced") }
        } catch {
            // Half a turn must not be read as a whole one. Cutting off takes no room.
            _ = ftruncate(current.descriptor, off_t(offset))
            throw error
        }
        defer { (position, offset) = (next, end) }
        return position + 1...next
    }

    private func write(_ octets: [UInt8], _ segment: LogSegments.Segment, at offset: Int) throws(JournalProblem) {
        while true {
            let count = pwrite(segment.descriptor, octets, octets.count, off_t(offset))
            if count == octets.count { return }
            guard count < 0, errno == EINTR else { throw problem(count < 0 ? errno : ENOSPC, "cannot be written") }
        }
    }

    private func problem(_ number: Int32, _ words: String) -> JournalProblem {
        JournalFile(path: current?.path ?? path).problem(number, words)
    }

    /// A frame with the next of these records.
    ///
    /// - Parameter written: how many of them are in frames.
    private func frame(_ records: [JournalRecord], after written: inout Int, position: UInt64) -> [UInt8] {
        var memory: [UInt8] = []
        swap(&memory, &spare)
        var encoder = RecordEncoder(after: LogFrame.header, in: memory)
        while written < records.count, encoder.octets.count < Self.frameLength {
            // Out of the span a record is lent, out of the array copied.
            encoder.add(records.span[written])
            written += 1
        }
        var octets = encoder.finish()
        LogFrame.seal(&octets, position: position)
        return octets
    }
}
