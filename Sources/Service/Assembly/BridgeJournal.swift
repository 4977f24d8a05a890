import Bridge
import Delivery
import Intake
import Journal
import Logging
import Messaging
import NIOCore
import Operations
import SMPP
import Settings
import Synchronization

/// The journal with what joins it to the other parts; there is none where none is configured.
struct BridgeJournal: Sendable {
    let journal: Journal
    let loops: LoopJournals
    /// For lookups, on connections of its own.
    let reader: any JournalReader
    /// What has to be posted to URLs.
    let postings: Postings
    /// Of so many numbers it is known whose chat they answer to.
    let conversations: Int
    /// What finds messages that are not in memory any more.
    private let recall: JournalRecall
    private let statuses: CarrierStatuses
    /// So much longer than a reply takes its record may take on the way into a database that other nodes use too.
    private static let recordedWithin = TimeAmount.seconds(10)

    /// - Parameter all: what it needs of the others: within `reply_within` each message has its outcome, what is to be posted within
    ///   `give_up_after` is not deleted before, and of `conversation_memory` numbers it is known whose chat they answer to.
    init(
        _ settings: JournalSettings, of all: Settings, deliveries: Deliveries, inDoubt: InDoubtList,
        group: any EventLoopGroup, logger: Logger
    ) {
        let (answered, conversations) = (all.intake.replyWithin, all.intake.conversationMemory)
        let statuses = CarrierStatuses()
        var options = JournalOptions(settings)
        options.retention = max(options.retention, all.longestPosting.milliseconds)
        options.refusalStatus = { statuses.http($1, of: $0) }
        options.receiptSegments = all.receiptRoom
        options.finalStates = ReceiptState.allCases.filter(\.isFinal).map(\.rawValue)
        options.recipientHash = { hash in deliveries.know { hash.of($0) } }
        options.restored = { deliveries.restore($0) }
        options.restoredParts = { deliveries.restore($0) }
        options.restoredDoubts = { inDoubt.restore($0, now: .now(), time: JournalClock.now()) }
        options.restoredInterrupted = { interrupted in
            switch settings.store {
            case .sqlite: deliveries.recorder.tell(interrupted)
            case .postgresql:
                // Some may be under way at another node.
                group.any().scheduleTask(in: TimeAmount(answered) + Self.recordedWithin) {
                    deliveries.recorder.tell(interrupted)
                }
            }
        }
        let durability: JournalDurability =
            switch settings.durability {
            case .process: .processCrash
            case .power: .powerCut
            }
        let makeStore: @Sendable () -> any JournalStore
        switch settings.store {
        case .sqlite(let path):
            makeStore = {
                LoggedStore(
                    path: path, durability: durability, logSize: settings.logSize, logger: logger)
            }
            reader = SQLiteReader(path: path)
        case .postgresql(let url):
            let use: PostgreSQLStore.Use = all.cluster == nil ? .alone : .nodes
            makeStore = { PostgreSQLStore(url: url, durability: durability, use: use) }
            reader = PostgreSQLReader(url: url)
        }
        journal = Journal(options: options, logger: logger, makeStore: makeStore)
        let postings = Postings(journal: journal, reader: reader, conversations: conversations, logger: logger)
        self.postings = postings
        loops = LoopJournals(
            journal: journal,
            telling: OutcomeTelling(
                record: { postings.record(of: $0.rawValue, $1, id: $2, words: $3) }, wake: { postings.wake() }),
            group: group)
        recall = JournalRecall(reader: reader, limit: settings.recall)
        deliveries.recorder.keep(
            in: DeliveryRecorder.Way(journal: journal, recall: recall, postings: postings, settings: settings))
        self.statuses = statuses
        self.conversations = conversations
    }

    /// The carriers as they are configured now.
    func know(_ routes: some Sequence<CarrierRoute>) {
        for route in routes { statuses.set(route.profile.statuses, of: route.name) }
    }

    /// To which number a message went, as `MessagePath.Original`.
    func recipient(of message: MessageID, then: @escaping @Sendable (String?) -> Void) {
        journal.settle { [recall] in recall.recipient(of: message, then: then) }
    }

    /// A segment's response came after its message was told as unknown.
    func add(_ late: LateResponse, carrier: String) {
        guard let id = MessageID(rawValue: late.tag) else { return }
        let record = LateRecord(
            id: id, at: JournalClock.now(), carrier: carrier, segment: late.segment, status: late.status.rawValue,
            carrierID: late.messageID)
        guard let posting = postings.record(ofLate: id) else { return journal.append([.late(record)]) }
        journal.append([.late(record), posting]) { [postings] problem in
            if problem == nil { postings.wake() }
        }
    }
}

extension JournalOptions {
    /// `journal:` of the configuration.
    init(_ settings: JournalSettings) {
        self.init(fingerprints: MessageFingerprints.maker)
        ledger.ttl = settings.inDoubtTTL.milliseconds
        ledger.duplicateWindow = settings.duplicateWindow.milliseconds
        ledger.answersAccepted = settings.inDoubtReply == .accepted
        keepText = settings.keepText
        maskNumbers = settings.maskNumbers
        retention = settings.retention.milliseconds
        receiptMemory = min(receiptMemory, retention)
        onOutage = settings.onOutage == .refuse ? .refuse : .continue
        queue = settings.queue
        batch = settings.batch
        commitWithin = settings.commitWithin
    }
}

extension Settings {
    /// Of so many segments receipts are known, at all carriers together.
    var receiptRoom: Int { carriers.reduce(0) { $0 + $1.receiptLimits.segments } }

    /// The longest `give_up_after` of all URLs; zero = there are none.
    var longestPosting: Duration {
        let signed = (carriers.compactMap(\.inbound) + accounts.compactMap(\.receipts)).map(\.giveUpAfter)
        let planFix = accounts.flatMap { [$0.planFixChat?.giveUpAfter, $0.planFixWebhook?.giveUpAfter] }
        return (signed + planFix.compactMap(\.self)).max() ?? .zero
    }
}

extension Duration {
    /// Whole milliseconds of a duration that is not negative.
    fileprivate var milliseconds: UInt64 { UInt64(max(0, nanoseconds / 1_000_000)) }
}

/// The status tables of the carriers, for the journal's thread, which asks only about late refusals.
private final class CarrierStatuses: Sendable {
    private let tables = Mutex<[String: StatusTable]>([:])

    func set(_ table: StatusTable, of carrier: String) {
        tables.withLock { $0[carrier] = table }
    }

    func http(_ status: UInt32, of carrier: String) -> Int {
        let table = tables.withLock { $0[carrier] } ?? StatusTable()
        return table.row(for: CommandStatus(rawValue: status)).http
    }
}
