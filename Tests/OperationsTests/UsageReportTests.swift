import Foundation
import Journal
import Messaging
import Testing

@testable import Operations

/// What billing reads.
@Suite struct UsageReportTests {
    private static let moscow = LocalTimes(zone: TimeZone(identifier: "Europe/Moscow")!)
    /// 2026-10-31T23:30:00+03:00.
    private static let start: UInt64 = 1_793_478_600_000

    private func life(
        _ number: UInt64, account: String = "acme", sender: String = "ACME", outcome: String?,
        segments: [SegmentRecord] = [], after: UInt64 = 0
    ) throws -> MessageLife {
        var ids = MessageIDGenerator(node: 1)
        let id = ids.next(unixMilliseconds: Self.start + after)
        var life = MessageLife(
            message: MessageRecord(
                id: id, account: account, recipient: "79161234567", sender: sender, segments: 0, text: nil,
                fingerprint: Fingerprint(high: 0, low: number)))
        life.outcome = outcome.map { word in
            OutcomeRecord(
                id: id, at: Self.start, outcome: word, httpStatus: word == "accepted" ? 200 : 502, code: nil,
                carrier: "main", segments: segments)
        }
        return life
    }

    private func receipt(_ segment: Int, _ state: String) -> ReceiptRecord {
        ReceiptRecord(
            message: nil, segment: segment, at: Self.start, carrier: "main", carrierID: "", state: state, error: nil,
            delay: nil, isDuplicate: false)
    }

    /// The longest outcomes leave each column below its title; a segment's status has its name.
    @Test func messagesStandInColumns() throws {
        let table = MessagesTable(times: Self.moscow, isFull: false)
        var refused = try life(1, outcome: "refused", segments: [.refused(status: 11)])
        refused.outcome?.code = "destination_not_allowed"
        var again = try life(2, outcome: "unknown")
        again.outcome?.code = "partial_unknown"
        again.outcome?.replayOf = refused.message.id
        let place = try #require(table.header.firstRange(of: "CARRIER")?.lowerBound)
        for line in [refused, again].map(table.line) { #expect(line[place...].hasPrefix("main "), "\(line)") }
        #expect(table.lines(refused).contains { $0.hasSuffix("refused 0x0000000B ESME_RINVDSTADR") })
    }

    @Test func sumsByEachKey() throws {
        var long = try life(1, outcome: "accepted", segments: [.accepted(id: "a"), .accepted(id: "b")])
        long.receipts = [receipt(0, "enroute"), receipt(0, "delivered"), receipt(1, "undeliverable")]
        var late = try life(2, outcome: "unknown", segments: [.unknown(reason: "carrier_timeout")], after: 3_600_000)
        late.late = [LateRecord(id: late.message.id, at: 0, carrier: "main", segment: 0, status: 0, carrierID: "c")]
        var again = long
        again.outcome?.replayOf = long.message.id
        let lives = [
            long, late, again, try life(3, account: "b", outcome: nil),
            try life(4, account: "b", outcome: "refused", segments: [.refused(status: 11)]),
        ]
        func report(_ key: UsageReport.Key) -> UsageReport {
            var report = UsageReport(by: key, times: Self.moscow)
            for life in lives { report.add(life) }
            return report
        }
        #expect(
            report(.account).csv == [
                "account,messages,accepted,refused,partial,unknown,not_sent,open,segments,segments_accepted,"
                    + "segments_delivered,repeats",
                "acme,2,1,0,0,1,0,0,3,3,1,1", "b,2,0,1,0,0,0,1,1,0,0,0", "total,4,1,1,0,1,0,1,4,3,1,1",
            ])
        #expect(report(.day).lines.map(\.name) == ["2026-10-31", "2026-11-01"])
        #expect(report(.carrier).lines.map(\.name) == ["-", "main"])
        let table = report(.account).table
        #expect(table.count == 4 && Set(table.map(\.count)).count == 1)
    }

    @Test func aLineOfCSV() throws {
        let csv = MessagesCSV(times: Self.moscow, isFull: true)
        let plain = try life(1, outcome: "accepted", segments: [.accepted(id: "a")])
        #expect(
            csv.line(plain)
                == "\(plain.message.id),2026-10-31T23:30:00+03:00,acme,79161234567,ACME,accepted,200,,main,1,1,0,")
        let masked = MessagesCSV(times: Self.moscow, isFull: false)
        #expect(masked.line(plain).contains(",7916*****67,"))
        // A sender is a customer's: it is no formula, and ends no field.
        let odd = try life(2, account: "a\"b", sender: "=1+1,\nx", outcome: nil)
        #expect(csv.line(odd).contains(",\"a\"\"b\",79161234567,\"'=1+1,\nx\",under-way,"))
        #expect(MessagesCSV.header.split(separator: ",").count == 13)
    }

    @Test func timesOfAZone() throws {
        let times = Self.moscow
        #expect(times.moment("2026-10-31T23:30") == Self.start)
        #expect(times.moment("2026-10-31T23:30:00") == Self.start)
        #expect(times.moment("2026-10-31T20:30:00Z") == Self.start)
        #expect(times.moment("2026-10-31T22:30:00+02:00") == Self.start)
        #expect(times.moment("2026-11-01") == Self.start + 1_800_000)
        #expect(times.text(Self.start) == "2026-10-31 23:30:00")
        let november = try #require(times.month("2026-11"))
        #expect(november.lowerBound == Self.start + 1_800_000)
        #expect(november.upperBound - november.lowerBound == 30 * 86_400_000)
        #expect(times.month("2026-12")?.lowerBound == november.upperBound)
        // A month in which the clocks change has as many hours as it has.
        let berlin = LocalTimes(zone: TimeZone(identifier: "Europe/Berlin")!)
        let march = try #require(berlin.month("2026-03"))
        #expect(march.upperBound - march.lowerBound == (31 * 24 - 1) * 3_600_000)
        for text in ["", "2026-13", "2026-1", "26-11", "2026-11-01"] { #expect(times.month(text) == nil) }
        for text in ["", "yesterday", "2026-02-31x", "1969-01-01"] { #expect(times.moment(text) == nil) }
    }
}
