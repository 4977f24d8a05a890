import Dispatch
import Foundation
import Synchronization

/// Moves records from the log into their database, on a thread of its own: many in a transaction.
///
/// A record that comes alone is moved at once; while others follow, moves are `pause` apart, so that a transaction has many.
final class RecordMover: Sendable {
    /// Records of one write into the log.
    struct Batch: Sendable {
        let records: [JournalRecord]
        /// Its frames in the log.
        let positions: ClosedRange<UInt64>
    }

    /// Adds records to the database in one transaction, with the position that it then has.
    typealias Move = @Sendable (_ batches: [[JournalRecord]], _ position: UInt64) throws(JournalProblem) -> Void

    private struct State {
        var batches: [Batch] = []
        var records = 0
        /// Everything up to this position is in the database.
        var moved: UInt64
        var problem: JournalProblem?
        /// The thread waits for something to come.
        var isIdle = false
        /// Who waits for a move up to a position, and for the end of all moves.
        var awaited: [(position: UInt64, then: @Sendable () -> Void)] = []
        var isStopping = false
        var hasEnded = false
    }

    /// How long moves are apart, unless somebody waits or there are `many` records.
    private static let pause = DispatchTimeInterval.milliseconds(20)
    private static let many = 2_000

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let move: Move

    /// Starts the thread.
    ///
    /// - Parameter position: everything up to it is in the database.
    init(after position: UInt64, move: @escaping Move) {
        state = Mutex(State(moved: position))
        self.move = move
        let thread = Thread { [self] in
            run()
            tell(isEnd: true)
            ended.signal()
        }
        thread.name = "journal-rows"
        thread.start()
    }

    // MARK: From the journal's thread

    /// Everything up to this position is in the database.
    ///
    /// - Throws: why nothing is moved any more.
    func position() throws(JournalProblem) -> UInt64 {
        let (moved, problem) = state.withLock { ($0.moved, $0.problem) }
        if let problem { throw problem }
        return moved
    }

    func add(_ batch: Batch) {
        let wakes = state.withLock { state in
            let before = state.records
            state.batches.append(batch)
            state.records += batch.records.count
            defer { state.isIdle = false }
            return state.isIdle || (before < Self.many && state.records >= Self.many)
        }
        if wakes { wake.signal() }
    }

    /// Calls when everything up to this position is in the database, or is not going to be.
    ///
    /// - Parameter then: on the mover's thread or the caller's; must not block.
    func call(at position: UInt64, _ then: @escaping @Sendable () -> Void) {
        let waits = state.withLock { state in
            let waits = state.moved < position && !state.hasEnded
            if waits { state.awaited.append((position, then)) }
            return waits
        }
        if waits { wake.signal() } else { then() }
    }

    /// Waits until everything up to this position is in the database.
    func wait(until position: UInt64) throws(JournalProblem) {
        let moved = DispatchSemaphore(value: 0)
        call(at: position) { moved.signal() }
        moved.wait()
        _ = try self.position()
    }

    /// Ends the thread when everything is moved, or cannot be.
    ///
    /// - Returns: what could not be moved.
    func stop() -> [Batch] {
        state.withLock { $0.isStopping = true }
        wake.signal()
        ended.wait()
        return state.withLock { $0.batches }
    }

    // MARK: On its thread

    private func run() {
        while true {
            let (batches, isStopping) = state.withLock { state in
                state.isIdle = state.batches.isEmpty && !state.isStopping
                return (state.batches, state.isStopping)
            }
            guard let last = batches.last else {
                if isStopping { return }
                wake.wait()
                continue
            }
            do throws(JournalProblem) {
                try move(batches.map(\.records), last.positions.upperBound)
            } catch {
                state.withLock { $0.problem = error }
                return
            }
            state.withLock { state in
                state.moved = last.positions.upperBound
                state.batches.removeFirst(batches.count)
                state.records -= batches.reduce(0) { $0 + $1.records.count }
            }
            tell()
            let rests = state.withLock { $0.awaited.isEmpty && !$0.isStopping && $0.records < Self.many }
            if rests { _ = wake.wait(timeout: .now() + Self.pause) }
        }
    }

    private func tell(isEnd: Bool = false) {
        let due = state.withLock { state in
            state.hasEnded = isEnd
            let due = state.awaited.filter { isEnd || $0.position <= state.moved }
            state.awaited.removeAll { isEnd || $0.position <= state.moved }
            return due
        }
        for awaited in due { awaited.then() }
    }
}
