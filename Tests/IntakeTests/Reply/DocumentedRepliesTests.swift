import SMPP
import TestPrograms
import Testing

@testable import Intake

/// The tables of replies that PlanFix's administrators and programmers read, against the texts that are sent.
@Suite struct DocumentedRepliesTests {
    @Test func administratorsReadTheTextsThatAreSent() {
        let page = Document("config/doc/planfix.ru.md")
        let headings = page.headings.drop { $0 != "Ответы" }.dropFirst().prefix { $0 != "Что сказал оператор" }
        #expect(headings.count == 3)
        let rows = headings.flatMap { page.rows(below: $0) }
        for code in ReplyCode.allCases {
            let row = rows.first { $0.count == 4 && $0[2] == "`\(code.rawValue)`" }
            #expect(row.map { Array($0.prefix(2)) } == ["\(code.status)", code.text(in: .ru)], "\(code.rawValue)")
            #expect(row?[3].isEmpty == false)
        }
        // A row of each, and none of what is no more.
        #expect(rows.count { $0.count == 4 && $0[0] != "HTTP" && !$0[0].hasPrefix("-") } == ReplyCode.allCases.count)
    }

    /// Whether it may be repeated is told by the heading that a code stands under.
    @Test func codesStandWhereTheirOutcomeIs() throws {
        let page = Document("config/doc/planfix.ru.md")
        let headings: [(String, Set<Outcome>)] = [
            ("Принято быть не может, пока не исправлено", [.refused]), ("Не отправлено, можно повторить", [.notSent]),
            ("Неизвестно или принято частично: повторять нельзя", [.unknown, .partial]),
        ]
        for (heading, outcomes) in headings {
            let codes = page.rows(below: heading).compactMap { ReplyCode(rawValue: Document.plain($0[2])) }
            #expect(!codes.isEmpty)
            for code in codes { #expect(outcomes.contains(code.outcome), "\(code.rawValue)") }
        }
    }

    @Test func theReferenceHasEveryReply() {
        let rows = Document("config/doc/reference.md").rows(below: "Replies")
        for code in ReplyCode.allCases {
            let expected = [
                "\(code.status)", "`\(code.rawValue)`", "`\(code.outcome.rawValue)`", code.text(in: .en),
            ]
            #expect(rows.contains(expected), "| \(expected.joined(separator: " | ")) |")
        }
        #expect(rows.count { $0.count == 4 } == ReplyCode.allCases.count + 1)
    }

    @Test func carriersAnswersAreTheTables() {
        let rows = Document("config/doc/planfix.ru.md").rows(below: "Что сказал оператор").filter { $0.count == 4 }
        #expect(rows.count > 8)
        let statuses = StatusTable()
        let known = (UInt32(0)...0xFF).map { statuses.row(for: CommandStatus(rawValue: $0)) }
        for row in rows.dropFirst(2) {
            let status = known.first { "`\($0.name)`" == row[2] }
            #expect(status?.russian == row[1] && status.map { "\($0.http)" } == row[0], "\(row)")
        }
    }
}
