import Foundation
import Intake
import Journal
import Logging
import Messaging
import NIOCore
import NIOPosix

/// Tells quotas what their accounts sent before they were counted here: before the start, or before a reload gave the account its
/// quota. The journal is asked, on a thread that may block.
struct QuotaRestart: Sendable {
    /// A step of the search: each is a short statement.
    private static let step: UInt64 = 86_400_000
    private static let hour: UInt64 = 3_600_000

    let intake: IntakeServer
    /// nil = no journal is kept, and nothing is known of before.
    let journal: BridgeJournal?
    /// Messages of the last hour that are remembered.
    let recipientMemory: Int
    let logger: Logger

    /// Asks for what is not known yet; where the journal cannot be read, the next call does.
    ///
    /// - Parameters:
    ///   - isStart: no message is taken yet: what an earlier process sent under a clock that was ahead counts, too.
    ///   - told: the problem that was logged last; the same one is not logged again.
    /// - Returns: the problem now; nil where there is none.
    func learn(isStart: Bool = false, told: String? = nil) async -> String? {
        let entries = intake.accounts.filter { $0.quota.wanted != nil }
        guard !entries.isEmpty else { return nil }
        guard let reader = journal?.reader else {
            for entry in entries { entry.quota.restore(day: 0, month: 0) }
            return nil
        }
        let memory = recipientMemory
        let result: Result<Void, JournalProblem>? = try? await NIOThreadPool.singleton.runIfActive {
            Result { () throws(JournalProblem) in
                try Self.learn(entries, reader, isStart: isStart, memory: memory)
            }
        }
        guard case .failure(let problem)? = result else { return nil }
        let words = "\(problem)"
        if words != told {
            logger.warning(
                "what was sent before cannot be counted into the quotas yet: the journal cannot be read",
                metadata: ["problem": "\(words)"])
        }
        return words
    }

    private static func learn(
        _ entries: [AccountEntry], _ reader: any JournalReader, isStart: Bool, memory: Int
    ) throws(JournalProblem) {
        let wanted = entries.compactMap { entry in entry.quota.wanted.map { (entry: entry, from: $0) } }
        guard let first = wanted.map(\.from.monthFrom).min(), let until = wanted.map(\.from.until).max() else { return }
        var starts = Set(wanted.flatMap { [$0.from.dayFrom, $0.from.monthFrom] })
        starts.formUnion(stride(from: first, to: until, by: UInt64.Stride(step)))
        let sorted = starts.filter { $0 < until }.sorted()
        let ends = sorted.dropFirst() + [isStart ? UInt64.max : until]
        var (days, months): ([String: Int], [String: Int]) = ([:], [:])
        for (start, end) in zip(sorted, ends) {
            let counts = try reader.sentCounts(start..<end)
            for (entry, from) in wanted {
                guard let count = counts[entry.account.name] else { continue }
                if start >= from.monthFrom { months[entry.account.name, default: 0] += count }
                if start >= from.dayFrom { days[entry.account.name, default: 0] += count }
            }
        }
        if wanted.contains(where: \.from.recipients) {
            let now = WallClock.unixMilliseconds()
            var byName: [String: (entry: AccountEntry, from: AccountQuota.Wanted)] = [:]
            for one in wanted where one.from.recipients { byName[one.entry.account.name] = one }
            for message in try reader.sentMessages(since: now - min(now, hour), limit: memory).reversed() {
                guard let (entry, from) = byName[message.account], isStart || message.id.unixMilliseconds < from.until
                else { continue }
                let ago = now - min(now, message.id.unixMilliseconds)
                entry.quota.restore(recipient: message.recipient, ago: ago, now: .now())
            }
        }
        for (entry, _) in wanted {
            entry.quota.restore(
                day: days[entry.account.name, default: 0], month: months[entry.account.name, default: 0])
        }
    }
}
