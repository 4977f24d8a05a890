import Foundation
import GRDB
import Messaging
import TestPrograms
import Testing

@testable import Journal

/// The log in front of the database: what was acknowledged is in one of them, whatever happens in between.
@Suite struct LoggedStoreTests {
    private static let logSize = 1 << 20

    private func store(_ path: String, logSize: Int = logSize) -> LoggedStore {
        LoggedStore.quiet(path, logSize: logSize)
    }

    private func receipts(_ store: LoggedStore) throws -> Int {
        try store.everything().count { if case .receipt = $0 { true } else { false } }
    }

    /// The files as a kill would leave them now, at another place.
    private func copied(_ path: String) throws -> String {
        let copy = try TemporaryFolder.newFile("copy.db")
        let segments = LogSegments(of: path, size: 0, isSynced: false).paths.map { $0.dropFirst(path.count) }
        for ending in ["", "-wal"] + segments {
            try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
        }
        return copy
    }

    /// Appends until the database's trouble is told.
    private func appendUntilTold(_ store: LoggedStore, from number: Int64) throws -> (last: Int64, JournalProblem) {
        var number = number
        while number < 100_000 {
            do throws(JournalProblem) {
                try store.append([.receipt(Sample.receipt(Sample.id(number)))])
            } catch {
                return (number - 1, error)
            }
            number += 1
        }
        throw JournalProblem(.failed, "nothing was told")
    }

    @Test func aKillLosesNothingAndDoublesNothing() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let first = store(path)
        try first.open()
        try first.append([.receipt(Sample.receipt(Sample.id(1)))])
        try first.settled()
        // From here on the database takes nothing, as in the moment before a kill.
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            for number in Int64(2)...20 { try first.append([.receipt(Sample.receipt(Sample.id(number)))]) }
            let copy = try copied(path)
            let second = store(copy)
            try second.open()
            #expect(try receipts(second) == 20)
            // Receipts have no key of their own: added twice they would be there twice.
            second.close()
            try second.open()
            #expect(try receipts(second) == 20)
            try db.execute(sql: "ROLLBACK")
        }
        try first.settled()
        #expect(try receipts(first) == 20)
    }

    @Test func whoReadsAfterAKillMayTakeInTheLog() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let first = store(path)
        try first.open()
        let other = try DatabaseQueue(path: path)
        let copy = try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            try first.append([.message(Sample.message(Sample.id(1)))])
            let copy = try copied(path)
            try db.execute(sql: "ROLLBACK")
            return copy
        }
        #expect(try SQLiteReader(path: copy).life(of: Sample.id(1)) == nil)
        LoggedStore.takeInLog(of: copy, logger: LoggedStore.noLogger)
        #expect(try SQLiteReader(path: copy).life(of: Sample.id(1)) != nil)
        // Not from under one that is running, and nothing is made where nothing is.
        LoggedStore.takeInLog(of: path, logger: LoggedStore.noLogger)
        try first.append([.message(Sample.message(Sample.id(2)))])
        try first.settled()
        #expect(try SQLiteReader(path: path).life(of: Sample.id(2)) != nil)
        let missing = try TemporaryFolder.newFile("journal.db")
        LoggedStore.takeInLog(of: missing, logger: LoggedStore.noLogger)
        #expect(!FileManager.default.fileExists(atPath: missing))
    }

    @Test func aDatabaseThatIsHeldLockedIsToldAndCaughtUpWith() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = store(path)
        try store.open()
        let other = try DatabaseQueue(path: path)
        var last: Int64 = 0
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            let (number, problem) = try appendUntilTold(store, from: 1)
            last = number
            // An outage, and no record's fault: none is given up.
            #expect(problem.kind == .unreachable)
            #expect(problem.words.contains("locked"))
            #expect(journalProblem { try store.append([.message(Sample.message(Sample.id(1)))]) } != nil)
            #expect(journalProblem { try store.settled() } != nil)
            #expect(journalProblem { try store.open() }?.kind == .unreachable)
            try db.execute(sql: "ROLLBACK")
        }
        try store.open()
        #expect(try receipts(store) == Int(last))
        try store.append([.receipt(Sample.receipt(Sample.id(last + 1)))])
        try store.settled()
        #expect(try receipts(store) == Int(last) + 1)
    }

    /// The last message before a pause met a database that takes nothing: no other one is going to find that out.
    @Test func aPauseHidesNoTrouble() throws {
        for isEmptied in [true, false] {
            let path = try TemporaryFolder.newFile("journal.db")
            let journal = TurnJournal(
                store: store(path), options: JournalOptions { _ in { _ in Fingerprint(high: 1, low: 1) } },
                logger: LoggedStore.noLogger)
            _ = try journal.open(at: 1)
            journal.check()
            #expect(journal.problem == nil)
            if isEmptied {
                #expect(truncate(path, 0) == 0)
            } else {
                try FileManager.default.removeItem(atPath: path + "-log.000001")
            }
            journal.check()
            #expect(journal.problem?.kind == .unreachable)
            #expect(journal.problem?.words.contains("emptied") == true)
        }
    }

    @Test func aLogThatIsRemovedIsToldAndNothingIsLost() throws {
        for ending in ["-log.000001", ""] {
            let path = try TemporaryFolder.newFile("journal.db")
            let store = store(path)
            try store.open()
            try store.append([.receipt(Sample.receipt(Sample.id(1)))])
            try store.settled()
            try FileManager.default.removeItem(atPath: path + ending)
            let (last, problem) = try appendUntilTold(store, from: 2)
            #expect(problem.kind == .unreachable)
            #expect(problem.words.contains("removed"))
            try store.open()
            // Of a removed database what it held is gone; what followed is not, nor is what the log still had.
            #expect(try receipts(store) == Int(last))
        }
    }

    @Test func theLogMayChangeItsSize() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        var number: Int64 = 0
        for size in [1 << 20, 4 << 20, 2 << 20, 1 << 20] {
            let store = store(path, logSize: size)
            try store.open()
            number += 1
            try store.append([.receipt(Sample.receipt(Sample.id(number)))])
            // What the log of the other size holds is added by the next one.
            let copy = try copied(path)
            store.close()
            let next = self.store(copy, logSize: 3 << 20)
            try next.open()
            #expect(try receipts(next) == Int(number))
        }
    }

    /// The turn that stopped the log of two halves for ever.
    @Test func aTurnThatIsLargerThanTheLogIsCommitted() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = store(path)
        try store.open()
        let text = String(repeating: "x", count: 60 << 10)
        try store.append((1...100).map { .message(Sample.message(Sample.id($0), text: text)) })
        try store.append([.message(Sample.message(Sample.id(101)))])
        try store.settled()
        #expect(try store.everything().count == 101)
    }

    @Test func manyTurnsPassThroughAFewFiles() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = store(path)
        try store.open()
        let size = 3_000
        for turn in 0..<20 {
            try store.append((0..<size).map { .message(Sample.message(Sample.id(Int64(turn * size + $0)))) })
        }
        try store.settled()
        #expect(LogSegments(of: path, size: 0, isSynced: false).paths.count <= 10)
        store.close()
        #expect(LogSegments(of: path, size: 0, isSynced: false).paths.isEmpty)
        try store.open()
        #expect(try store.everything().count == 20 * size)
    }

    /// A copy of the files is a journal of its own.
    @Test func aCopyThatIsServedLeavesTheOriginalAlone() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let first = store(path)
        try first.open()
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            try first.append([.receipt(Sample.receipt(Sample.id(1)))])
            let before = LogSegments(of: path, size: 0, isSynced: false).paths
            let copy = store(try copied(path))
            try copy.open()
            #expect(try receipts(copy) == 1)
            copy.close()
            #expect(LogSegments(of: path, size: 0, isSynced: false).paths == before)
            try db.execute(sql: "ROLLBACK")
        }
        try first.settled()
        #expect(try receipts(first) == 1)
    }

    @Test func aSecondWriterIsRefusedAndTouchesNothing() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let first = store(path)
        try first.open()
        let refusal = journalProblem { try store(path).open() }
        #expect(refusal?.words.contains("only one may") == true)
        try first.append([.receipt(Sample.receipt(Sample.id(1)))])
        try first.settled()
        #expect(try receipts(first) == 1)
    }

    @Test(.enabled(if: SQLiteDamageTests.canMount)) func aFullDiskIsToldAndLosesNothingAcknowledged() throws {
        try SQLiteDamageTests.withSmallDisk("12m") { folder in
            let path = folder + "/journal.db"
            let filler = folder + "/filler"
            // No room for the log itself.
            let large = store(path, logSize: 24 << 20)
            #expect(journalProblem { try large.open() }?.kind == .full)
            large.close()

            let store = store(path)
            try store.open()
            #expect(FileManager.default.createFile(atPath: filler, contents: Data(count: 8 << 20)))
            let (last, problem) = try appendUntilTold(store, from: 1)
            #expect(problem.kind == .full)
            #expect(last > 1_000)
            #expect(journalProblem { try store.open() }?.kind == .full)
            try FileManager.default.removeItem(atPath: filler)
            try store.open()
            #expect(try receipts(store) == Int(last))
            store.close()
        }
    }
}
