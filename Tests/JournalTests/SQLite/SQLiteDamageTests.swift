import Foundation
import GRDB
import Journal
import Messaging
import SMPP
import TestPrograms
import Testing

/// Files that power, disks and people have spoilt.
@Suite struct SQLiteDamageTests {
    /// A closed journal of messages with all that may become of them.
    private func journal(_ count: Int64) throws -> String {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        let ids = (1...count).map { Sample.id($0) }
        try store.append(
            ids.flatMap { id -> [JournalRecord] in
                [
                    .message(Sample.message(id, text: "text")), .outcome(Sample.outcome(id)), .late(Sample.late(id)),
                    .receipt(Sample.receipt(id)), .inbound(Sample.inbound(id)),
                ]
            } + [.delivered(ids)])
        store.close()
        return path
    }

    /// Everything that can be asked; what fails is told as a problem.
    private func useAll(_ path: String) -> [JournalProblem] {
        var problems: [JournalProblem] = []
        func attempt(_ work: () throws -> Void) {
            do {
                try work()
            } catch let problem as JournalProblem {
                problems.append(problem)
            } catch {
                Issue.record("\(error)")
            }
        }
        let store = SQLiteStore(path: path, durability: .processCrash)
        let reader = SQLiteReader(path: path)
        attempt {
            try store.open()
            attempt { _ = try store.fingerprintKey() }
            attempt { _ = try store.everything() }
            attempt { try store.awaiting(since: 0, newest: 10, finals: ["delivered"]) { _ in } }
            attempt { _ = try reader.life(of: Sample.id(40)) }
            attempt { _ = try reader.messages(JournalFilter()) }
            attempt { _ = try reader.inbound(JournalFilter()) }
            attempt { try store.append([.message(Sample.message(Sample.id(9_999)))]) }
            attempt { _ = try store.prune(before: Sample.now, limit: 100) }
            attempt { _ = try store.prune(before: .max, limit: 100) }
            attempt { try store.append([.outcome(Sample.outcome(Sample.id(9_999)))]) }
        }
        store.close()
        return problems
    }

    @Test func noDamageCrashes() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: try journal(400)))
        var chance = SplitMix64(seed: 99)
        var kinds: Set<JournalProblem.Kind> = []
        for round in 0..<120 {
            var damaged = whole
            switch round % 4 {
            case 0:
                let place = Int.random(in: 0..<100, using: &chance)
                for index in place..<min(place + 16, 100) { damaged[index] = .random(in: 0...255, using: &chance) }
            case 1:
                damaged = damaged.prefix(Int.random(in: 1..<whole.count, using: &chance))
            case 2:
                let page = Int.random(in: 0..<whole.count / 4_096, using: &chance) * 4_096
                for index in page..<page + 4_096 { damaged[index] = .random(in: 0...255, using: &chance) }
            default:
                for _ in 0..<200 {
                    damaged[Int.random(in: 100..<whole.count, using: &chance)] = .random(in: 0...255, using: &chance)
                }
            }
            let path = try TemporaryFolder.newFile("damaged.db")
            try damaged.write(to: URL(fileURLWithPath: path))
            let problems = useAll(path)
            kinds.formUnion(problems.map(\.kind))
            for problem in problems {
                #expect(!problem.words.contains("79161234567"))
                #expect(!problem.words.contains("INSERT"))
            }
        }
        #expect(kinds.contains(.corrupt))
        #expect(!kinds.contains(.readOnly))
    }

    @Test func rowsThatNobodyWroteAreDamage() throws {
        for change in [
            "UPDATE outcome SET segments = '?!bad,,' WHERE id = (SELECT max(id) FROM outcome)",
            "UPDATE outcome SET at = -1", "UPDATE late SET status = -1", "UPDATE receipt SET delay = -5",
            "UPDATE message SET id = -id", "UPDATE receipt SET message = -7",
        ] {
            let path = try journal(3)
            let queue = try DatabaseQueue(path: path)
            try queue.write { try $0.execute(sql: change) }
            try queue.close()
            let store = SQLiteStore(path: path, durability: .processCrash)
            try store.open()
            #expect(throws: JournalProblem.self) {
                _ = try store.everything()
                let lives = try SQLiteReader(path: path).messages(JournalFilter())
                if lives.count < 3 { throw JournalProblem(.corrupt, "not listed") }
            }
        }
    }

    /// What a kill leaves: the file and its log as they are at some moment, the log's last write perhaps cut.
    @Test func aKillLeavesWholeCommits() throws {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        let size: Int64 = 25
        let commits: Int64 = 24
        for commit in 0..<commits {
            try store.append((1...size).map { .message(Sample.message(Sample.id(commit * size + $0))) })
        }
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        #expect(log.count > 24 * 4_096)

        func count(_ log: Data) throws -> Int {
            let copy = try TemporaryFolder.newFile("copy.db")
            try file.write(to: URL(fileURLWithPath: copy))
            try log.write(to: URL(fileURLWithPath: copy + "-wal"))
            let store = SQLiteStore(path: copy, durability: .processCrash)
            try store.open()
            var ids: [MessageID] = []
            for case .message(let record) in try store.everything() { ids.append(record.id) }
            #expect(ids == (0..<ids.count).map { Sample.id(Int64($0) + 1) })
            try store.append([.message(Sample.message(Sample.id(9_999)))])
            store.close()
            return ids.count
        }
        #expect(try count(log) == Int(size * commits))
        var chance = SplitMix64(seed: 7)
        var counts: Set<Int> = []
        for _ in 0..<25 {
            var cut = log.prefix(Int.random(in: 32..<log.count, using: &chance))
            if Bool.random(using: &chance) {
                cut.append(contentsOf: (0..<3_000).map { _ in UInt8.random(in: 0...255, using: &chance) })
            }
            // A log that is cut before the schema's own commit would leave nothing to open.
            let found = try count(cut)
            #expect(found % Int(size) == 0)
            counts.insert(found)
        }
        #expect(counts.count > 3)
    }

    // MARK: Disks

    /// A small file system in memory; only root may have it, and not in every container.
    static let canMount = {
        guard getuid() == 0, let folder = try? TemporaryFolder.newFile("probe") else { return false }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard runSucceeds("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]) else { return false }
        return runSucceeds("umount", [folder])
    }()

    static func withSmallDisk(_ size: String = "2m", _ work: (String) throws -> Void) throws {
        let folder = try TemporaryFolder.newFile("disk")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try #require(runSucceeds("mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder]))
        defer { _ = runSucceeds("umount", ["--lazy", folder]) }
        try work(folder)
    }

    private func fill(_ folder: String) {
        let filler = FileHandle(forWritingAtPath: folder + "/filler")
        for size in [65_536, 4_096, 1] {
            while (try? filler?.write(contentsOf: Data(count: size))) != nil {}
        }
        try? filler?.close()
    }

    @Test(.enabled(if: canMount)) func aFullDiskIsToldAndLosesNothingAcknowledged() throws {
        try Self.withSmallDisk { folder in
            let path = folder + "/journal.db"
            let store = SQLiteStore(path: path, durability: .processCrash)
            try store.open()
            #expect(FileManager.default.createFile(atPath: folder + "/filler", contents: Data(count: 500_000)))
            var acknowledged: [MessageID] = []
            var problem: JournalProblem?
            for number in 0..<2_000 where problem == nil {
                let ids = (1...20).map { Sample.id(Int64(number * 20 + $0)) }
                do throws(JournalProblem) {
                    try store.append(ids.map { .message(Sample.message($0)) })
                    acknowledged += ids
                } catch {
                    problem = error
                }
            }
            #expect(problem?.kind == .full)
            #expect(problem?.isLost == false)
            #expect(acknowledged.count > 1_000)
            // It recovers without being opened again. Where the write-ahead log was moved into the file meanwhile it has room for this.
            let more = journalProblem { try store.append(acknowledged.map { .outcome(Sample.outcome($0)) }) }
            #expect(more == nil || more?.kind == .full)
            try FileManager.default.removeItem(atPath: folder + "/filler")
            try store.append([.message(Sample.message(Sample.id(1_000_000)))])
            var kept: [MessageID] = []
            for case .message(let record) in try store.everything() { kept.append(record.id) }
            #expect(kept == acknowledged + [Sample.id(1_000_000)])
            store.close()
        }
    }

    @Test(.enabled(if: canMount)) func aDiskThatIsFullAtTheStartIsTold() throws {
        try Self.withSmallDisk { folder in
            let store = SQLiteStore(path: folder + "/journal.db", durability: .processCrash)
            #expect(FileManager.default.createFile(atPath: folder + "/filler", contents: nil))
            fill(folder)
            #expect { try store.open() } throws: { ($0 as? JournalProblem)?.kind == .full }
            try FileManager.default.removeItem(atPath: folder + "/filler")
            try store.open()
            try store.append([.message(Sample.message(Sample.id()))])
            store.close()
            #expect(FileManager.default.createFile(atPath: folder + "/filler", contents: nil))
            fill(folder)
            #expect { try store.open() } throws: { ($0 as? JournalProblem)?.kind == .full }
            try FileManager.default.removeItem(atPath: folder + "/filler")
            try store.open()
            store.close()
        }
    }

    @Test(.enabled(if: canMount)) func aDiskThatMayOnlyBeReadIsTold() throws {
        try Self.withSmallDisk { folder in
            let store = SQLiteStore(path: folder + "/journal.db", durability: .processCrash)
            try store.open()
            try store.append([.message(Sample.message(Sample.id()))])
            store.close()
            try #require(runSucceeds("mount", ["-o", "remount,ro", folder]))
            #expect { try store.open() } throws: { ($0 as? JournalProblem)?.kind == .readOnly }
            try #require(runSucceeds("mount", ["-o", "remount,rw", folder]))
            try store.open()
            store.close()
        }
    }

    @Test(.enabled(if: getuid() != 0)) func aFileThatMayOnlyBeReadIsTold() throws {
        let path = try journal(3)
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
        let store = SQLiteStore(path: path, durability: .processCrash)
        #expect { try store.open() } throws: { ($0 as? JournalProblem)?.kind == .readOnly }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try store.open()
    }
}
