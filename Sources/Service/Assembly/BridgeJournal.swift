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
    private let statuses: CarrierStatuses

    /// - Parameters:
    ///   - owed: how long something is tried to be posted at most: what is needed for that is not deleted before.
    ///   - conversations: of so many numbers it is known whose chat they answer to.
    ///   - receipts: of so many segments receipts are known, at all carriers together.
    ///   - isShared: whether other nodes write it too.
    init(
        _ settings: JournalSettings, owed: Duration, conversations: Int, receipts: Int, isShared: Bool,
        deliveries: Deliveries, inDoubt: InDoubtList, group: any EventLoopGroup, logger: Logger
    ) {
        let statuses = CarrierStatuses()
        var options = JournalOptions(settings)
        options.retention = max(options.retention, owed.milliseconds)
        options.refusalStatus = { statuses.http($1, of: $0) }
        options.receiptSegments = receipts
        options.isFinal = { ReceiptState(rawValue: $0)?.isFinal ?? false }
        options.recipientHash = { hash in deliveries.know { hash.of($0) } }
        options.restored = { deliveries.restore($0) }
        options.restoredParts = { deliveries.restore($0) }
        options.restoredDoubts = { inDoubt.restore($0, now: .now(), time: JournalClock.now()) }
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
            makeStore = { PostgreSQLStore(url: url, durability: durability, use: isShared ? .nodes : .alone) }
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
        deliveries.recorder.keep(
            in: DeliveryRecorder.Way(
                journal: journal, recall: JournalRecall(reader: reader, limit: settings.recall), postings: postings,
                settings: settings))
        self.statuses = statuses
        self.conversations = conversations
    }

    /// The carriers as they are configured now.
    func know(_ routes: some Sequence<CarrierRoute>) {
        for route in routes { statuses.set(route.profile.statuses, of: route.name) }
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
