import TestPrograms
import Testing

extension Habit {
    /// What comes from the SMSC.
    static let receipts: [Habit] = [
        matched("hex-ids-decimal-receipts", 12, ids: "decimal"),
        matched("hex-ids-decimal-receipts", 2, ids: "decimal", ["receipts: { ids: decimal }"]),
        matched("decimal-ids-hex-receipts", 12, ids: "hexadecimal"),
        matched("decimal-ids-hex-receipts", 2, ids: "hexadecimal", ["receipts: { ids: hex }"]),
        matched("padded-receipt-ids", 3, ids: "same"),
        matched("uppercase-receipt-ids", 3, ids: "same"),
        matched("ids-over-64-bits", 3, ids: "decimal"),
        matched("uuid-ids", 3, ids: "same"),
        Habit("empty-message-id") { run in
            try await run.awaitBound()
            let reply = try await run.post()
            #expect(reply.status == 200, run.told)
            #expect(try reply.json().carrierIDs == ["-"], run.told)
            try await run.accept()
            try await run.awaitReceipts(["delivered": 2])
            try await run.expectKept(2)
        },
        matched("receipts-by-data-sm", 3, ids: "same"),
        matched("receipt-marks", 10, ids: "same"),
        matched("receipt-formats", 40, ids: "same"),
        Habit("strange-receipt-states") { run in
            try await run.awaitBound()
            try await run.accept(2)
            try await run.awaitReceipts(["other": 2])
            try await run.expectKept(2)
        },
        Habit("receipt-before-response") { run in
            try await run.awaitBound()
            try await run.accept(3)
            try await run.awaitReceipts(["delivered": 3])
            #expect(try await run.carrier().receipts.early == 3, run.told)
            try await run.expectKept(3)
        },
        // Three binds get the receipts of one account's messages, or a receiver those of a transmitter.
        Habit("receipt-on-other-bind", binds: "{ kind: transceiver, count: 3 }") { run in
            try await run.awaitBound(3)
            try await run.accept(9)
            try await run.awaitReceipts(["delivered": 9])
            #expect(try await run.carrier().binds.allSatisfy { $0.totals.delivered == 3 }, run.told)
        },
        Habit("receipt-on-other-bind", binds: "{ kind: transmitter }, { kind: receiver }") { run in
            try await run.awaitBound(2)
            try await run.accept(2)
            try await run.awaitReceipts(["delivered": 2])
            #expect(try await run.carrier().binds.map(\.totals.delivered).sorted() == [0, 2], run.told)
        },
        Habit("receipt-twice") { run in
            try await run.awaitBound()
            try await run.accept(3)
            try await run.awaitReceipts(["delivered": 6], matched: 3, duplicates: 3)
            try await run.expectKept(6)
        },
        Habit("receipt-unasked", ["receipts: { request: false }"]) { run in
            try await run.awaitBound()
            try await run.accept(2)
            try await run.expectKept(2)
            try await run.awaitReceipts(["delivered": 2], matched: 0)
        },
        Habit("receipt-of-strangers") { run in
            try await run.awaitBound()
            try await run.accept(2)
            try await run.awaitReceipts(["delivered": 4], matched: 2)
            #expect(try await run.carrier().receipts.parked == 2, run.told)
            try await run.expectKept(4)
        },
        Habit("intermediate-receipts") { run in
            try await run.awaitBound()
            try await run.accept(2)
            try await run.awaitReceipts(["delivered": 2, "enroute": 2])
            try await run.expectKept(4)
        },
        Habit("mo-utf16-udh") { run in
            try await run.awaitBound()
            try await run.accept()
            try await run.expectKept(6)
            try await eventually("counted") { try await run.carrier().receipts.otherMessages == 6 }
            #expect(try await run.carrier().receipts.states.isEmpty, run.told)
        },
    ]

    /// Every receipt finds its message, and the bridge knows how the SMSC writes ids.
    private static func matched(_ scenario: String, _ count: Int, ids: String, _ lines: [String] = []) -> Habit {
        Habit(scenario, lines) { run in
            try await run.awaitBound()
            try await run.accept(count)
            try await run.awaitReceipts(["delivered": count])
            #expect(try await run.carrier().receipts.ids.contains(ids), run.told)
            try await run.expectKept(count)
        }
    }
}
