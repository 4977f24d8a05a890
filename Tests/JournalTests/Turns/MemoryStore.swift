import Messaging
import Synchronization

@testable import Journal

/// A disk for a store of tests: it outlives the store as a file outlives a process, and fails on demand.
final class MemoryDisk: Sendable {
    /// What goes wrong.
    enum Fault: Hashable, Sendable {
        /// Nothing is written.
        case fails(JournalProblem.Kind)
        /// The transaction is written and the answer is lost.
        case loses
        /// Records with this account's name are not taken.
        case refuses(account: String)
    }

    struct State {
        var commits: [[JournalRecord]] = []
        var fault: Fault?
        var openings = 0
        /// Who waits for readers, where they are behind; nil = they are not.
        var behind: [@Sendable () -> Void]?
        var pruned: [UInt64] = []
        /// How many records are old.
        var old = 0
    }

    let state = Mutex(State())

    var records: [JournalRecord] { state.withLock { $0.commits.flatMap { $0 } } }
    var openings: Int { state.withLock { $0.openings } }

    func set(_ fault: Fault?) {
        state.withLock { $0.fault = fault }
    }
}

/// A store that keeps the rules of one: nothing before it is open, all or nothing, and a row that is there stays.
final class MemoryStore: JournalStore {
    private let disk: MemoryDisk
    private var isOpen = false

    init(_ disk: MemoryDisk) {
        self.disk = disk
    }

    func open() throws(JournalProblem) {
        let fault = disk.state.withLock { state in
            state.openings += 1
            return state.fault
        }
        if case .fails(let kind) = fault { throw JournalProblem(kind, "the disk fails") }
        isOpen = true
    }

    func settle(then: @escaping @Sendable () -> Void) {
        let isThere = disk.state.withLock { state in
            state.behind?.append(then)
            return state.behind == nil
        }
        if isThere { then() }
    }

    func append(_ records: [JournalRecord]) throws(JournalProblem) {
        guard isOpen else { throw JournalProblem(.failed, "not open") }
        let fault = disk.state.withLock { state in
            switch state.fault {
            case .fails: return state.fault
            case .refuses(let account):
                let isRefused = records.contains { record in
                    if case .message(let message) = record { message.account == account } else { false }
                }
                if isRefused { return state.fault }
            case .loses: state.fault = nil
            case nil:
                state.commits.append(records)
                return nil
            }
            state.commits.append(records)
            return state.fault == nil ? .loses : nil
        }
        switch fault {
        case .fails(let kind): throw JournalProblem(kind, "the disk fails")
        case .loses:
            isOpen = false
            throw JournalProblem(.unreachable, "the answer is lost")
        case .refuses: throw JournalProblem(.failed, "not such a record")
        case nil: break
        }
    }

    func fingerprintKey() throws(JournalProblem) -> [UInt8] { Array(repeating: 7, count: 32) }

    /// Oldest first.
    private var lives: [MessageLife] {
        var lives: [MessageID: MessageLife] = [:]
        for case .message(let message) in disk.records where lives[message.id] == nil {
            lives[message.id] = MessageLife(message: message)
        }
        for record in disk.records {
            switch record {
            case .outcome(let outcome): lives[outcome.id]?.outcome = outcome
            case .late(let late): lives[late.id]?.late.append(late)
            case .receipt(let receipt): receipt.message.map { lives[$0]?.receipts.append(receipt) }
            case .delivered(let ids): for id in ids { lives[id]?.isDelivered = true }
            case .message, .inbound, .inboundPart, .posting, .posted, .forgotten, .reference: break
            }
        }
        return lives.values.sorted { $0.message.id < $1.message.id }
    }

    func unsettled(
        since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        take(
            lives.filter { life in
                let isRecent = recent.flatMap { recent in life.outcome.map { $0.at > recent } } ?? false
                return !life.isDelivered || isRecent
            })
    }

    func openParts(since moment: UInt64) -> [InboundPartRecord] { [] }

    func awaiting(
        since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        let all = lives
        let carriers = Set(all.flatMap { $0.receipts.map(\.carrier) })
        let (old, new) = (all.dropLast(newest), all.suffix(newest))
        take(
            old.filter { life in
                guard let outcome = life.outcome, let carrier = outcome.carrier else { return true }
                let told = Set(life.receipts.filter { finals.contains($0.state) }.map(\.segment))
                return outcome.outcome == "unknown" || carriers.contains(carrier) && told.count < outcome.segments.count
            })
        take(Array(new))
    }

    func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        disk.state.withLock { state in
            state.pruned.append(moment)
            let count = min(limit, state.old)
            state.old -= count
            return count
        }
    }

    func check() throws(JournalProblem) {
        if case .fails(let kind) = disk.state.withLock({ $0.fault }) { throw JournalProblem(kind, "the disk fails") }
    }

    func close() {
        isOpen = false
    }
}
