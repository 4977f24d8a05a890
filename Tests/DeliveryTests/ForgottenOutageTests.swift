import Journal
import Logging
import Messaging
import SMPP
import Settings
import Synchronization
import TestPrograms
import Testing

@testable import Delivery

/// Segments that memory has no more room for while the journal cannot be written.
@Suite struct ForgottenOutageTests {
    /// A database that fails on demand.
    private final class Database: Sendable {
        struct State {
            var isDown = false
            var records: [JournalRecord] = []
        }

        let state = Mutex(State())
    }

    private final class Store: JournalStore {
        private let database: Database

        init(_ database: Database) {
            self.database = database
        }

        private func write(_ records: [JournalRecord]) throws(JournalProblem) {
            try database.state.withLock { state throws(JournalProblem) in
                guard !state.isDown else { throw JournalProblem(.unreachable, "the test's database is down") }
                state.records += records
            }
        }

        func open() throws(JournalProblem) { try write([]) }
        func append(_ records: [JournalRecord]) throws(JournalProblem) { try write(records) }
        func fingerprintKey() -> [UInt8] { [] }
        func unsettled(since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void) {}
        func openParts(since moment: UInt64) -> [InboundPartRecord] { [] }
        func awaiting(since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void) {}
        func prune(before moment: UInt64, limit: Int) -> Int { 0 }
        func check() throws(JournalProblem) { try write([]) }
        func close() {}
    }

    @Test func theyAreWrittenAfterwardsAsFarAsThereIsRoom() async throws {
        let database = Database()
        var options = JournalOptions { _ in { _ in Fingerprint(high: 0, low: 0) } }
        options.queue = 10
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let journal = Journal(options: options, logger: logger) { Store(database) }
        await journal.start()
        let reader = SQLiteReader(path: "/nonexistent/journal.db")
        let recorder = DeliveryRecorder()
        recorder.keep(
            in: DeliveryRecorder.Way(
                journal: journal, recall: JournalRecall(reader: reader, limit: 1),
                postings: Postings(journal: journal, reader: reader, logger: logger),
                settings: JournalSettings(store: .sqlite(path: ""))))
        func keep(_ tags: ClosedRange<UInt64>) {
            for tag in tags { recorder.keep([ForgottenSegment(tag: tag, segment: 0, id: "\(tag)")], of: "main") }
        }
        database.state.withLock { $0.isDown = true }
        keep(1...1)
        try await eventually("the outage is noticed") { !journal.health.isWriting }
        keep(2...20)
        database.state.withLock { $0.isDown = false }
        try await eventually("the journal writes again") { journal.health.isWriting && journal.health.queued == 0 }
        let kept = database.state.withLock { state in
            state.records.compactMap { if case .forgotten(let record) = $0 { record.id.rawValue } else { nil } }
        }
        #expect(kept == Array(1...10))
        #expect(journal.health.dropped == 10)
        await journal.stop(within: .seconds(5))
    }
}
