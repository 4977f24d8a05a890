import Messaging

/// Records sorted by their tables, as one command for each table that gets some.
struct PostgreSQLBatch {
    private var messages: [MessageRecord] = []
    private var outcomes: [OutcomeRecord] = []
    private var delivered: [MessageID] = []
    private var late: [LateRecord] = []
    private var receipts: [ReceiptRecord] = []
    private var inbound: [InboundRecord] = []
    private var inboundParts: [InboundPartRecord] = []
    private var postings: [PostingRecord] = []
    private var posted: [MessageID] = []
    private var forgotten: [ForgottenRecord] = []

    init(_ records: [JournalRecord]) {
        for record in records {
            switch record {
            case .message(let message): messages.append(message)
            case .outcome(let outcome): outcomes.append(outcome)
            case .delivered(let ids): delivered.append(contentsOf: ids)
            case .late(let response): late.append(response)
            case .receipt(let receipt): receipts.append(receipt)
            case .inbound(let message): inbound.append(message)
            case .inboundPart(let part): inboundParts.append(part)
            case .posting(let posting): postings.append(posting)
            case .posted(let ids): posted.append(contentsOf: ids)
            case .forgotten(let segment): forgotten.append(segment)
            }
        }
    }

    /// One transaction together.
    var commands: [PostgreSQLCommand] {
        var commands: [PostgreSQLCommand] = []
        func add(_ table: PostgreSQLSchema.Table, _ isEmpty: Bool, _ parameters: () -> PostgreSQLParameters) {
            guard !isEmpty else { return }
            commands.append(PostgreSQLCommand(kind: .prepared(table.rawValue), parameters: parameters()))
        }
        add(.message, messages.isEmpty) { Self.columns(of: messages) }
        add(.outcome, outcomes.isEmpty) { outcomeColumns }
        add(.delivered, delivered.isEmpty) {
            var columns = PostgreSQLParameters()
            columns.addIntegers(delivered, JournalSchema.key)
            return columns
        }
        add(.late, late.isEmpty) { lateColumns }
        add(.receipt, receipts.isEmpty) { receiptColumns }
        add(.inboundPart, inboundParts.isEmpty) { partColumns }
        add(.inbound, inbound.isEmpty) { inboundColumns }
        if !inbound.isEmpty { commands.append(Self.deletion(of: .inboundPart, inbound.map(\.id))) }
        add(.posting, postings.isEmpty) { postingColumns }
        if !posted.isEmpty { commands.append(Self.deletion(of: .posting, posted)) }
        add(.forgotten, forgotten.isEmpty) { forgottenColumns }
        return commands
    }

    private static func deletion(of table: PostgreSQLSchema.Table, _ ids: [MessageID]) -> PostgreSQLCommand {
        var parameters = PostgreSQLParameters()
        parameters.addIntegers(ids, JournalSchema.key)
        return .sql("DELETE FROM \(table.rawValue) WHERE id = ANY($1::bigint[])", parameters)
    }

    // MARK: Columns, in the order of `PostgreSQLSchema.Table.columns`

    static func columns(of messages: [MessageRecord]) -> PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(messages) { JournalSchema.key($0.id) }
        columns.addIntegers(messages) { Int64(bitPattern: $0.fingerprint.high) }
        columns.addIntegers(messages) { Int64(bitPattern: $0.fingerprint.low) }
        columns.addSmallIntegers(messages, \.segments)
        columns.addTexts(messages, \.account)
        columns.addTexts(messages, \.recipient)
        columns.addTexts(messages, \.sender)
        columns.addOptionalTexts(messages, \.text)
        return columns
    }

    private var outcomeColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(outcomes) { JournalSchema.key($0.id) }
        columns.addIntegers(outcomes) { Int64(clamping: $0.at) }
        columns.addOptionalIntegers(outcomes) { $0.replayOf.map(JournalSchema.key) }
        columns.addSmallIntegers(outcomes, \.httpStatus)
        columns.addTexts(outcomes, \.outcome)
        columns.addOptionalTexts(outcomes, \.code)
        columns.addOptionalTexts(outcomes, \.carrier)
        columns.addTexts(outcomes) { SegmentCoding.text(of: $0.segments) }
        return columns
    }

    private var lateColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(late) { JournalSchema.key($0.id) }
        columns.addIntegers(late) { Int64(clamping: $0.at) }
        columns.addIntegers(late, RecordDigest.of)
        columns.addSmallIntegers(late, \.segment)
        columns.addIntegers(late) { Int64($0.status) }
        columns.addTexts(late, \.carrier)
        columns.addTexts(late, \.carrierID)
        return columns
    }

    private var receiptColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(receipts, JournalSchema.place)
        columns.addIntegers(receipts) { Int64(clamping: $0.at) }
        columns.addIntegers(receipts, RecordDigest.of)
        columns.addOptionalIntegers(receipts) { $0.message.map(JournalSchema.key) }
        columns.addOptionalIntegers(receipts) { $0.delay.map { Int64(clamping: $0) } }
        columns.addOptionalSmallIntegers(receipts, \.segment)
        columns.addFlags(receipts, \.isDuplicate)
        columns.addTexts(receipts, \.carrier)
        columns.addTexts(receipts, \.carrierID)
        columns.addTexts(receipts, \.state)
        columns.addOptionalTexts(receipts, \.error)
        return columns
    }

    private var inboundColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(inbound) { JournalSchema.key($0.id) }
        columns.addIntegers(inbound) { Int64(clamping: $0.at) }
        columns.addSmallIntegers(inbound, \.segments)
        columns.addSmallIntegers(inbound, \.received)
        columns.addTexts(inbound, \.carrier)
        columns.addTexts(inbound, \.from)
        columns.addTexts(inbound, \.to)
        columns.addOptionalTexts(inbound, \.text)
        return columns
    }

    private var partColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(inboundParts) { JournalSchema.key($0.id) }
        columns.addIntegers(inboundParts) { Int64(clamping: $0.at) }
        columns.addIntegers(inboundParts) { Int64($0.part) }
        columns.addSmallIntegers(inboundParts) { Int($0.reference) }
        columns.addSmallIntegers(inboundParts, \.parts)
        columns.addTexts(inboundParts, \.carrier)
        columns.addTexts(inboundParts, \.from)
        columns.addTexts(inboundParts, \.to)
        columns.addTexts(inboundParts, \.content)
        return columns
    }

    private var forgottenColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(forgotten, \.key)
        columns.addIntegers(forgotten) { JournalSchema.key($0.id) }
        columns.addSmallIntegers(forgotten, \.segment)
        return columns
    }

    private var postingColumns: PostgreSQLParameters {
        var columns = PostgreSQLParameters()
        columns.addIntegers(postings) { JournalSchema.key($0.id) }
        columns.addIntegers(postings) { Int64(clamping: $0.at) }
        columns.addTexts(postings, \.target)
        columns.addTexts(postings, \.form)
        return columns
    }
}
