package import Journal
package import Logging
import NIOCore
import NIOPosix
package import Settings
import Synchronization

/// Posts inbound messages and receipts to their URLs, from the journal: what waits survives a restart. It works on a thread of
/// its own, on no event loop of messages. Everything is posted at least once; a crash may post it again, with the same
/// `X-Smppost-Posting`.
package final class Postings: Sendable {
    private struct Receivers {
        var carriers: [String: PostingReceiver] = [:]
        var accounts: [String: PostingReceiver] = [:]
    }

    private static let lastTurn = Duration.seconds(2)

    private let receivers = Mutex(Receivers())
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let logger: Logger
    private let worker: PostingWorker
    private let totals = Mutex(PostingTotals())
    private let running = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter reader: for what waits, on connections of its own.
    package init(journal: Journal, reader: any JournalReader, logger: Logger) {
        self.logger = logger
        worker = PostingWorker(journal: journal, reader: reader, logger: logger)
    }

    /// The URLs as they are configured now.
    ///
    /// - Throws: `TLSError`, where a file of certificates is not taken.
    package func know(_ settings: Settings) throws {
        var next = Receivers()
        for carrier in settings.carriers {
            if let inbound = carrier.inbound {
                next.carriers[carrier.name] = try PostingReceiver(inbound, group: group)
            }
        }
        for account in settings.accounts {
            if let receipts = account.receipts {
                next.accounts[account.name] = try PostingReceiver(receipts, group: group)
            }
        }
        let new = next
        receivers.withLock { $0 = new }
    }

    /// The same for a reload: URLs that cannot be used leave the old ones.
    package func knowAgain(_ settings: Settings) {
        do {
            try know(settings)
        } catch {
            logger.error("the URLs of postings stay as they were", metadata: ["problem": "\(error)"])
        }
        wake()
    }

    /// How many postings there were since the start.
    package var current: PostingTotals { totals.withLock { $0 } }

    /// Whether any account wants its receipts.
    var wantsReceipts: Bool { receivers.withLock { !$0.accounts.isEmpty } }

    func wantsInbound(of carrier: String) -> Bool { receivers.withLock { $0.carriers[carrier] != nil } }

    /// The URL for the inbound messages of a carrier, or for the receipts of an account.
    func receiver(_ key: PostingKey) -> PostingReceiver? {
        receivers.withLock { receivers in
            switch key {
            case .carrier(let name): receivers.carriers[name]
            case .account(let name): receivers.accounts[name]
            }
        }
    }

    func count(_ change: (inout PostingTotals) -> Void) {
        totals.withLock { change(&$0) }
    }

    /// Begins to post, what earlier processes left first. Once.
    package func start() {
        let worker = worker
        running.withLock { $0 = Task { await worker.run(self) } }
    }

    /// There is something new.
    func wake() { worker.wake() }

    /// Waits a little for what is under way; the rest is posted after the next start.
    package func stop() async {
        let task = running.withLock { $0 }
        await worker.stop(within: Self.lastTurn)
        await task?.value
        try? await group.shutdownGracefully()
    }
}

/// Whose URL.
enum PostingKey: Hashable, Sendable {
    case carrier(String)
    case account(String)
}
