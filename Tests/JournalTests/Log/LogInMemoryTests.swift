import Foundation
import GRDB
import Logging
import Messaging
import Synchronization
import TestPrograms
import Testing

@testable import Journal

/// The log in a folder of its own, in memory: the database knows where it is, so nothing is lost when that changes.
@Suite struct LogInMemoryTests {
    private static let memory = "/dev/shm"

    private func receipts(_ store: LoggedStore) throws -> Int {
        var count = 0
        try store.replay(since: 0) { count += $0.count { if case .receipt = $0 { true } else { false } } }
        return count
    }

    private func log(of path: String) throws -> String? {
        try DatabaseQueue(path: path).read { db in
            try String.fetchOne(db, sql: "SELECT CAST(value AS TEXT) FROM setting WHERE name = 'log'")
        }
    }

    /// Appends receipts and takes what a kill would leave then, at other places: nothing of it is in the database yet.
    private func killed(_ path: String, logFolder: String?, _ numbers: ClosedRange<Int64>) throws -> (
        db: String, log: String
    ) {
        let store = LoggedStore.quiet(path, logFolder: logFolder)
        try store.open()
        let held = try DatabaseQueue(path: path)
        return try held.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            for number in numbers { try store.append([.receipt(Sample.receipt(Sample.id(number)))]) }
            let used = try log(of: path).flatMap { $0.isEmpty ? nil : $0 } ?? path + "-log"
            let copy = try TemporaryFolder.newFile("copy.db")
            for ending in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
            }
            let log = logFolder == nil ? copy + "-log" : try TemporaryFolder.newFile("copied.log")
            try FileManager.default.copyItem(atPath: used, toPath: log)
            try db.execute(sql: "ROLLBACK")
            if logFolder != nil {
                // The log that it names is the first one's, which is running.
                #expect(
                    journalProblem { try LoggedStore.quiet(copy).open() }?.words.contains("another smppost") == true)
                try FileManager.default.removeItem(atPath: copy + "-log")
                try DatabaseQueue(path: copy).write { db in
                    try db.execute(
                        sql: "UPDATE setting SET value = CAST(? AS BLOB) WHERE name = 'log'", arguments: [log])
                }
            }
            return (copy, log)
        }
    }

    @Test func aCleanEndRemovesIt() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = LoggedStore.quiet(path, logFolder: Self.memory)
        try store.open()
        #expect(store.takesAtOnce)
        let log = try #require(try log(of: path))
        #expect(log.hasPrefix(Self.memory + "/smppost-"))
        #expect(try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions] as? Int == 0o600)
        #expect(try store.appendAtOnce([.receipt(Sample.receipt(Sample.id(1)))]))
        store.close()
        #expect(!store.takesAtOnce)
        #expect(!FileManager.default.fileExists(atPath: log))
        #expect(!FileManager.default.fileExists(atPath: path + "-log"))
        try store.open()
        #expect(try receipts(store) == 1)
        store.close()
    }

    /// From each place to each other, with a kill in between.
    @Test func theLogMayMove() throws {
        let folder = (try TemporaryFolder.newFile("x") as NSString).deletingLastPathComponent
        let places = [nil, Self.memory, folder]
        var number: Int64 = 1
        for first in places {
            for second in places {
                let path = try TemporaryFolder.newFile("journal.db")
                let left = try killed(path, logFolder: first, number...number + 9)
                let next = LoggedStore.quiet(left.db, logFolder: second)
                try next.open()
                #expect(try receipts(next) == 10)
                try next.append([.receipt(Sample.receipt(Sample.id(number + 10)))])
                next.close()
                try next.open()
                #expect(try receipts(next) == 11)
                next.close()
                #expect(FileManager.default.fileExists(atPath: left.log) == (first == nil && second == nil))
                number += 11
            }
        }
    }

    @Test func whoReadsAfterAKillMayTakeItIn() throws {
        let left = try killed(try TemporaryFolder.newFile("journal.db"), logFolder: Self.memory, 1...3)
        // A copy, from which the log must not be taken away.
        let copy = try TemporaryFolder.newFile("copy.db")
        try FileManager.default.copyItem(atPath: left.db, toPath: copy)
        for path in [copy, copy, left.db] {
            LoggedStore.takeInLog(of: path, logger: LoggedStore.noLogger)
            let count = try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM receipt") }
            #expect(count == 3)
            #expect(!FileManager.default.fileExists(atPath: path + "-log"))
        }
        let store = LoggedStore.quiet(left.db)
        try store.open()
        #expect(try receipts(store) == 3)
        #expect(!FileManager.default.fileExists(atPath: left.log))
    }

    @Test func aLogThatIsGoneIsTold() throws {
        let left = try killed(try TemporaryFolder.newFile("journal.db"), logFolder: Self.memory, 1...3)
        try FileManager.default.removeItem(atPath: left.log)
        let told = Lines()
        let logger = Logger(label: "journal") { _ in told }
        for _ in 0..<2 {
            let store = LoggedStore(
                path: left.db, durability: .processCrash, logFolder: Self.memory, logSize: 1 << 20, logger: logger)
            try store.open()
            #expect(try receipts(store) == 0)
            store.close()
        }
        #expect(told.lines.withLock { $0.count } == 1)
        #expect(told.lines.withLock { $0.first?.contains("log is gone") == true })
    }

    /// Removed under a running one (as systemd does it when a person logs out): what it holds is in memory too.
    @Test func aLogThatIsRemovedLosesNothing() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = LoggedStore.quiet(path, logFolder: Self.memory)
        try store.open()
        let log = try #require(try log(of: path))
        try FileManager.default.removeItem(atPath: log)
        var number: Int64 = 0
        var problem: JournalProblem?
        while problem == nil, number < 100_000 {
            problem = journalProblem {
                let isTaken = try store.appendAtOnce([.receipt(Sample.receipt(Sample.id(number + 1)))])
                #expect(isTaken)
                number += 1
            }
        }
        #expect(problem?.kind == .unreachable)
        try store.open()
        #expect(try receipts(store) == Int(number))
        #expect(FileManager.default.fileExists(atPath: log))
        store.close()
    }

    @Test func aFullLogTakesNothingAtOnce() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = LoggedStore.quiet(path, logFolder: Self.memory)
        try store.open()
        var count = 0
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            while try store.appendAtOnce([.receipt(Sample.receipt(Sample.id(Int64(count + 1))))]) { count += 1 }
            try db.execute(sql: "ROLLBACK")
        }
        #expect(count > 1_000)
        try store.append([.receipt(Sample.receipt(Sample.id(Int64(count + 1))))])
        #expect(try store.appendAtOnce([.receipt(Sample.receipt(Sample.id(Int64(count + 2))))]))
        try store.settle()
        #expect(try receipts(store) == count + 2)
        store.close()
    }

    /// A folder of everybody may hold what others have put there.
    @Test func whatIsNoFileOfOursIsRefused() throws {
        let target = try TemporaryFolder.newFile("target")
        #expect(FileManager.default.createFile(atPath: target, contents: nil))
        let link = try TemporaryFolder.newFile("log")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        #expect(journalProblem { try RecordLog(path: link, size: 1 << 20, durability: .processCrash).open() } != nil)
        let first = RecordLog(path: target, size: 1 << 20, durability: .processCrash)
        try first.open()
        let second = journalProblem { try RecordLog(path: target, size: 1 << 20, durability: .processCrash).open() }
        #expect(second?.words.contains("another smppost uses it") == true)
    }

    @Test func whichFileSystemsAreInMemory() {
        let mounts = """
            22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw
            25 24 0:23 / /dev/shm rw,nosuid,nodev shared:3 master:1 - tmpfs tmpfs rw,size=64k
            28 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
            31 28 8:300 / /tmpfs rw - xfs tmpfs rw
            short
            """
        #expect(FileSystemKind(ofDevice: 0x17, mounts: mounts) == .memory)
        #expect(FileSystemKind(ofDevice: 0x15, mounts: mounts) == .other)
        #expect(FileSystemKind(ofDevice: 0xFE01, mounts: mounts) == .other)
        // 8:300, as makedev(3) has it.
        #expect(FileSystemKind(ofDevice: 0x10_082C, mounts: mounts) == .other)
        #expect(FileSystemKind(ofDevice: 0x99, mounts: mounts) == .other)
        #expect(FileSystemKind(ofDevice: 0x17, mounts: "") == .other)
    }
}

/// What is logged.
private final class Lines: LogHandler, Sendable {
    let lines = Mutex<[String]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message)") }
    }
}
