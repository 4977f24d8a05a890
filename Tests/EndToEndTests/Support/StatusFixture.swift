import Foundation
import TestPrograms

/// The reference table of `command_status`, as the unit tests of the table keep it.
enum StatusFixture {
    struct Row: Sendable {
        let codes: ClosedRange<UInt32>
        let name: String
        let http: Int
        let statusClass: String
        let russian: String
        let english: String

        /// Both ends of a range and a value between them.
        var examples: [UInt32] {
            let middle = codes.lowerBound + (codes.upperBound - codes.lowerBound) / 2
            // 0xFFFFFFFF is played by an ending of its own; the others fit four decimal digits.
            let inside = codes.upperBound > 9_999 ? codes.lowerBound + 1 : middle
            return Set([codes.lowerBound, inside, codes.upperBound]).sorted()
        }

        /// Whether the name is one that a header can carry as it stands.
        var hasOneName: Bool { name.hasPrefix("ESME_") && !name.contains(" ") && !name.contains("*") }
    }

    static func rows() throws -> [Row] {
        let file = Repository.root.appending(path: "Tests/SMPPTests/Fixtures/command_status.tsv")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(separator: "\n").dropFirst().map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count == 7, let codes = codes(columns[0]), let http = Int(columns[2]) else {
                throw HarnessError("\(file.path()): \(line)")
            }
            return Row(
                codes: codes, name: columns[1], http: http, statusClass: columns[3], russian: columns[5],
                english: columns[6])
        }
    }

    private static func codes(_ text: String) -> ClosedRange<UInt32>? {
        func number(_ text: Substring) -> UInt32? { UInt32(text.dropFirst(2), radix: 16) }
        if text.hasPrefix(">=") {
            return number(text.dropFirst(2)).map { $0...UInt32.max }
        }
        let ends = text.split(separator: "-").compactMap(number)
        guard let first = ends.first, let last = ends.last, first <= last else { return nil }
        return first...last
    }
}
