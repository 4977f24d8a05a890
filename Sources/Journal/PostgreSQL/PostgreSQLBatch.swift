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
    private var references: [ReferenceRecord] = []

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
            case .reference(let reference): references.append(reference)
            }
        }
    }

    /// One transaction together.
    var commands: [PostgreSQLCommand] {
        var commands: [PostgreSQLCommand] = []
        func add<Record: RecordFields>(
            _ table: JournalTable, _ records: [Record], _ rest: (Record, inout PostgreSQLColumns) -> Void = { _, _ in }
        ) {
            guard !records.isEmpty else { return }
            let columns = PostgreSQLColumns(of: table, records, rest)
            commands.append(PostgreSQLCommand(kind: .prepared(table.rawValue), parameters: columns.parameters))
        }
        add(.message, messages)
        add(.outcome, outcomes)
        if !delivered.isEmpty {
            commands.append(PostgreSQLCommand(kind: .prepared("delivered"), parameters: Self.keys(of: delivered)))
        }
        add(.late, late) { $1.add(bits: UInt64(bitPattern: RecordDigest.of($0))) }
        add(.receipt, receipts) {
            $1.add(bits: UInt64(bitPattern: RecordDigest.of($0)))
            $1.add(bits: UInt64(bitPattern: JournalSchema.place(of: $0)))
        }
        add(.inboundPart, inboundParts)
        add(.inbound, inbound)
        if !inbound.isEmpty { commands.append(Self.deletion(of: .inboundPart, inbound.map(\.id))) }
        add(.posting, postings)
        if !posted.isEmpty { commands.append(Self.deletion(of: .posting, posted)) }
        add(.forgotten, forgotten)
        add(.reference, references)
        return commands
    }

    private static func deletion(of table: JournalTable, _ ids: [MessageID]) -> PostgreSQLCommand {
        .sql("DELETE FROM \(table.rawValue) WHERE id = ANY($1::bigint[])", keys(of: ids))
    }

    private static func keys(of ids: [MessageID]) -> PostgreSQLParameters {
        var parameters = PostgreSQLParameters()
        parameters.addIntegers(ids, JournalSchema.key)
        return parameters
    }
}
