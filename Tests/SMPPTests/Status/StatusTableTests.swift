import Foundation
import Testing

@testable import SMPP

/// One line of the fixture, read independently of the generator.
struct StatusFixtureRow: CustomTestStringConvertible, Sendable {
    let first: UInt32
    let last: UInt32
    let name: String
    let http: Int
    let statusClass: String
    let retry: String
    let russian: String
    let english: String

    init?(_ line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 7, let http = Int(fields[2]) else { return nil }
        let open = fields[0].hasPrefix(">=")
        let codes = fields[0].drop { $0 == ">" || $0 == "=" }.split(separator: "-")
        let values = codes.compactMap { UInt32($0.dropFirst(2), radix: 16) }
        guard let first = values.first, let last = values.last, values.count == codes.count else { return nil }
        self.first = first
        self.last = open ? .max : last
        name = fields[1]
        self.http = http
        statusClass = fields[3]
        retry = fields[4]
        russian = fields[5]
        english = fields[6]
    }

    var testDescription: String { "0x\(first.hexDigits(2))" }

    /// Codes to look at: both ends of a range and its middle.
    var samples: [CommandStatus] { Set([first, first + (last - first) / 2, last]).map(CommandStatus.init(rawValue:)) }

    static let all: [StatusFixtureRow] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/command_status.tsv")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { StatusFixtureRow($0) }
    }()
}

struct StatusTableTests {
    @Test func `the fixture is whole`() {
        #expect(StatusFixtureRow.all.count == 72)
        #expect(StatusFixtureRow.all.first?.first == 0)
        #expect(StatusFixtureRow.all.last?.last == .max)
    }

    @Test(arguments: StatusFixtureRow.all)
    func `every row of the fixture is served`(expected: StatusFixtureRow) throws {
        for status in expected.samples {
            let row = StatusTable.standard.row(for: status)
            #expect(row.http == expected.http)
            #expect(row.statusClass.rawValue == expected.statusClass)
            #expect(row.russian == expected.russian.replacing("{c}", with: status.hex))
            #expect(row.english == expected.english.replacing("{c}", with: status.hex))
            #expect(!row.russian.contains("{") && !row.english.contains("{"))
            let retry: BridgeRetry? =
                switch expected.retry {
                case "-", "no", "no (carrier file overrides)": .never
                case "other bind, once": .otherBindOnce
                case "yes, bind back-off": .afterBindBackoff
                case "<=2, 1 s+": .times(2, after: .seconds(1))
                case "once, 1 s+": .times(1, after: .seconds(1))
                default: nil
                }
            #expect(row.retry == retry)
            #expect(row.name == status.name)
            switch expected.name {
            case "(reserved)": #expect(row.name == "RESERVED")
            case "vendor specific": #expect(row.name == "VENDOR_SPECIFIC")
            default: #expect(expected.name.hasPrefix(row.name) && row.name.hasPrefix("ESME_"))
            }
        }
    }

    @Test func `the generated rows are those of the fixture, in order and without gaps`() {
        let rows = StatusRows.all
        #expect(rows.map(\.first) == StatusFixtureRow.all.map(\.first))
        #expect(rows.map(\.last) == StatusFixtureRow.all.map(\.last))
        #expect(rows.map(\.russian) == StatusFixtureRow.all.map(\.russian))
        #expect(rows.map(\.english) == StatusFixtureRow.all.map(\.english))
        for (row, next) in zip(rows, rows.dropFirst()) { #expect(row.last + 1 == next.first) }
    }

    @Test func `names and texts fit where they are used`() {
        for row in StatusRows.all {
            #expect(row.name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
            for text in [row.russian, row.english] {
                #expect(text.count <= 190 && !text.contains { "<>&\n\r".contains($0) })
            }
        }
    }

    @Test func `the retries that the issue names`() {
        func retry(_ code: UInt32) -> BridgeRetry { StatusTable.standard.row(for: CommandStatus(rawValue: code)).retry }
        #expect(retry(0x08) == .times(2, after: .seconds(1)))
        #expect(retry(0x45) == .times(1, after: .seconds(1)))
        #expect(retry(0x14) == .afterBindBackoff)
        #expect(retry(0x58) == .afterBindBackoff)
        #expect(retry(0x0D) == .otherBindOnce)
        #expect(retry(0x0B) == .never)
    }

    @Test func `a carrier changes a row, a part of it, or nothing`() {
        let noCredit = CommandStatus(rawValue: 0x400)
        let table = StatusTable(overrides: [
            noCredit: StatusOverride(
                http: 503, statusClass: .temporary, retry: .times(3, after: .seconds(2)), russian: "Нет средств ({c}).",
                english: "No credit {x} {c}"),
            .invalidDestinationAddress: StatusOverride(http: 502),
            .systemError: StatusOverride(),
        ])
        #expect(
            table.row(for: noCredit)
                == StatusRow(
                    name: "VENDOR_SPECIFIC", http: 503, statusClass: .temporary, retry: .times(3, after: .seconds(2)),
                    russian: "Нет средств (0x00000400).", english: "No credit {x} 0x00000400"))
        var expected = StatusTable.standard.row(for: .invalidDestinationAddress)
        expected.http = 502
        #expect(table.row(for: .invalidDestinationAddress) == expected)
        #expect(table.row(for: .systemError) == StatusTable.standard.row(for: .systemError))
        let neighbour = CommandStatus(rawValue: 0x401)
        #expect(table.row(for: neighbour) == StatusTable.standard.row(for: neighbour))
        #expect(StatusTable(overrides: [:]) == .standard)
    }
}
