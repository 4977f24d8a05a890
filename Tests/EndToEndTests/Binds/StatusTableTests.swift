import Foundation
import Testing

/// Every row of the reference table of `command_status`, played by the simulator through the bridge.
@Suite struct StatusTableTests {
    /// One value of a row: a range is tried at both ends and once within.
    struct Case: Sendable, CustomTestStringConvertible {
        let code: UInt32
        let row: StatusFixture.Row

        var testDescription: String { hex }
        var hex: String {
            let digits = String(code, radix: 16, uppercase: true)
            return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        /// A number whose ending the simulator answers with this status; see `--fault` for those over 9999.
        var destination: String {
            let ending = String(code % 10_000)
            return "7916166" + String(repeating: "0", count: 4 - ending.count) + ending
        }
        func text(_ language: String) -> String {
            (language == "ru" ? row.russian : row.english).replacing("{c}", with: hex)
        }
    }

    static func cases(where condition: (StatusFixture.Row) -> Bool) throws -> [Case] {
        try StatusFixture.rows().filter(condition).flatMap { row in
            row.examples.map { Case(code: $0, row: row) }
        }
    }

    @Test func tableHasEveryRow() throws {
        let rows = try StatusFixture.rows()
        #expect(rows.count == 72)
        #expect(Set(rows.map(\.statusClass)) == ["OK", "REQ", "CFG", "BIND", "TMP", "REF"])
    }

    /// Final refusals in both languages, over one bind that lives on.
    @Test(arguments: ["ru", "en"])
    func finalRefusals(in language: String) async throws {
        let cases = try Self.cases { ["REQ", "CFG", "REF"].contains($0.statusClass) }
        try await expectReplies(cases, language: language, simulator: Self.largeCodes)
    }

    /// What is wrong with the bind: the only bind's word is the answer.
    @Test(arguments: ["ru", "en"])
    func bindFaults(in language: String) async throws {
        try await expectReplies(try Self.cases { $0.statusClass == "BIND" }, language: language)
    }

    /// Temporary refusals are repeated within the deadline, then told. Each has a bridge of its own: some stop the bind.
    @Test(arguments: try cases { $0.statusClass == "TMP" })
    func temporaryRefusal(_ example: Case) async throws {
        try await expectReplies([example], language: "ru", replyWithin: "5s")
    }

    /// Codes over 9999 have no ending of their own: rules for the simulator.
    private static let largeCodes = ["--fault", "1667295=status:0xFFFFFFFF"]

    private func expectReplies(
        _ cases: [Case], language: String, replyWithin: String = "10s", simulator arguments: [String] = []
    ) async throws {
        try #require(!cases.isEmpty)
        let login = language == "ru" ? TestAccount.login : "english"
        try await withBridgeAndSimulator(BridgeSetup(replyWithin: replyWithin), simulator: arguments) {
            bridge, simulator in
            let replies = try await bridge.post(cases.map { .message(to: $0.destination, login: login) })
            for (example, reply) in zip(cases, replies) {
                #expect(reply.status == example.row.http, "\(example.hex)")
                #expect(reply.text.contains(example.text(language)), "\(example.hex): \(reply.text)")
                let header = reply.headers["x-smpp-status"]
                #expect(header?.hasPrefix(example.hex + " ") == true, "\(example.hex): \(header ?? "none")")
                if example.row.hasOneName {
                    #expect(header == "\(example.hex) \(example.row.name)")
                }
                let isNotSent = example.row.http == 503
                #expect(reply.outcome == (isNotSent ? "not-sent" : "refused"), "\(example.hex)")
                #expect((reply.headers["retry-after"] != nil) == isNotSent, "\(example.hex)")
                #expect(reply.headers["content-language"] == language)
                expectPresentable(reply)
            }
            // The bind has survived all of it: the same session, no second bind.
            #expect(try await bridge.carriers().first?.ready == true)
            #expect(try await simulator.counters().binds == 1)
        }
    }

    /// The forms in which SMSCs word an error, and odd but good answers.
    @Test func errorResponsesOfEveryFormKeepTheBind() async throws {
        try await withBridgeAndSimulator(
            simulator: ["--fault", "555501=status-id:0x0B"]
        ) { bridge, simulator in
            let forms: [Form] = ["670004", "670005", "555501", "670008", "670009", "123456"].map {
                .message(to: "79161" + $0)
            }
            let replies = try await bridge.post(forms)
            #expect(replies.map(\.status) == [422, 422, 422, 200, 200, 200])
            for reply in replies.prefix(3) {
                #expect(reply.headers["x-smpp-status"] == "0x0000000B ESME_RINVDSTADR")
                #expect(reply.outcome == "refused")
            }
            #expect(try await simulator.counters().binds == 1)
        }
    }

    /// A generic_nack for a submit is the answer to it, and a throttle that ends within the deadline is not told.
    @Test func nackAndPassingThrottle() async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            let nack = try await bridge.post(.message(to: "79161670006"))
            #expect(nack.status >= 500)
            #expect(nack.outcome == "refused")
            let throttled = try await bridge.post(.message(to: "79161670010"))
            #expect(throttled.status == 200)
            #expect(try await simulator.counters().binds == 1)
        }
    }

    /// A carrier file's row stands above the table's.
    @Test func carrierFileOverridesARow() async throws {
        let carrier = CarrierSetup(lines: [
            "statuses:", "  \"0x00000400\": { http: 422, class: REF, ru: \"Нет средств.\", en: \"No credit.\" }",
        ])
        try await withBridgeAndSimulator(BridgeSetup(carriers: [carrier])) { bridge, _ in
            let reply = try await bridge.post(.message(to: "79161661024"))
            #expect(reply.status == 422)
            #expect(reply.text.contains("Нет средств."))
            #expect(reply.headers["x-smpp-status"]?.hasPrefix("0x00000400 ") == true)
        }
    }
}
