package import Journal
package import Logging
package import Messaging
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
        var chats: [String: PostingReceiver] = [:]
    }

    private static let lastTurn = Duration.seconds(2)

    private let receivers = Mutex(Receivers())
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let logger: Logger
    private let worker: PostingWorker
    /// Whose chats and webhooks at PlanFix there are, and whose answer is whose.
    package let desk: ChatDesk
    private let totals = Mutex(PostingTotals())
    /// Of what is told of late responses. With a node of its own by chance.
    private let ids = Mutex(MessageIDGenerator(node: .random(in: 0...UInt16.max)))
    private let running = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - reader: for what waits, on connections of its own.
    ///   - conversations: of so many numbers it is known whose chat they answer to.
    package init(journal: Journal, reader: any JournalReader, conversations: Int = 100_000, logger: Logger) {
        self.logger = logger
        desk = ChatDesk(conversations: conversations)
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
            } else if let webhook = account.planFixWebhook {
                next.accounts[account.name] = try PostingReceiver(webhook, group: group)
            }
            if let chat = account.planFixChat {
                next.chats[account.name] = try PostingReceiver(chat, group: group)
            }
        }
        let new = next
        receivers.withLock { $0 = new }
        desk.know(settings)
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
    var wantsReceipts: Bool { receivers.withLock { !$0.accounts.isEmpty || !$0.chats.isEmpty } }

    /// What tells an account the outcome of its message.
    ///
    /// - Parameters:
    ///   - outcome: as `OutcomeRecord.outcome`.
    ///   - id: of the posting.
    ///   - words: for a person, in the account's language.
    package func record(of outcome: String, _ message: MessageID, id: MessageID, words: String) -> JournalRecord {
        .posting(PostingForm.posting(of: outcome, message, id: id, words: words))
    }

    /// What tells an account that a response came after all; nil where no account is told such a thing.
    package func record(ofLate message: MessageID) -> JournalRecord? {
        guard desk.tellsAnybody else { return nil }
        let id = ids.withLock { $0.next(unixMilliseconds: JournalClock.now()) }
        return .posting(PostingForm.posting(of: PostingForm.lateOutcome, message, id: id, words: ""))
    }

    /// What tells accounts that nobody knows what became of their messages, with the outcomes that the messages have from now on; nothing
    /// for accounts that are told no such thing.
    package func records(of interrupted: [InterruptedMessage]) -> [JournalRecord] {
        interrupted.filter { desk.account($0.account) != nil }.flatMap { lost -> [JournalRecord] in
            let id = lost.message
            return [
                .outcome(.interrupted(id, at: id.unixMilliseconds, segments: lost.segments)),
                .posting(PostingForm.posting(of: PostingForm.interruptedOutcome, id, id: id, words: "")),
            ]
        }
    }

    func wantsInbound(of carrier: String) -> Bool { receivers.withLock { $0.carriers[carrier] != nil } }

    /// The URL for the inbound messages of a carrier, or for the receipts of an account.
    func receiver(_ key: PostingKey) -> PostingReceiver? {
        receivers.withLock { receivers in
            switch key {
            case .carrier(let name): receivers.carriers[name]
            case .account(let name): receivers.accounts[name]
            case .chat(let name): receivers.chats[name]
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
    package func wake() { worker.wake() }

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
    case chat(String)
}
