import TestPrograms
import Testing

extension Habit {
    private static let long = String(repeating: "A long text in parts. ", count: 20)

    /// What messages must be like.
    static let texts: [Habit] = [
        met("strict-numbering", texts: ["Hello"]),
        met("numbering-0-5", ["addresses: { alphanumeric: { ton: 0, npi: 5 } }"], texts: ["Hello"]),
        refused("numbering-0-5", text: "Hello", status: 502, "0x00000048"),
        // An `@` is 0x00 in GSM, which would end the sender's string: it never reaches the SMSC.
        Habit("plain-senders") { run in
            try await run.awaitBound()
            #expect(try await run.post(from: "Acme Shop").status == 200, run.told)
            for sender in ["Shop@Home", "Магазин", "TwelveLetter"] {
                #expect(try await run.post(from: sender).status == 422, run.told)
            }
            #expect(try await run.counters().submits == 1, run.told)
            let reply = try await run.post(from: "Acme_Shop")
            #expect(reply.status == 403, run.told)
            #expect(try reply.json().smppStatus == "0x0000000A", run.told)
        },
        Habit("latin1-default", ["text: { default_alphabet: latin1 }"]) { run in
            try await expectText(run, "£5 für Café, ça va", coding: 0)
            try await expectText(run, "Привет", coding: 8)
        },
        Habit("own-data-codings", ["text: { data_coding: { gsm: 0, latin1: 1, ucs2: 2 } }"]) { run in
            try await expectText(run, "Привет", coding: 2)
            try await expectText(run, "£5 @ home", coding: 0)
            try await expectText(run, "Ð Þ", coding: 1)
        },
        Habit("packed-gsm", ["text: { packed: true }"]) { run in
            try await expectText(run, "hello", coding: 0)
            // 3GPP TS 23.038 §6.1.2.1.
            #expect(try await run.messages().last?.octets.uppercased() == "E8329BFD06", run.told)
            try await expectText(run, String(repeating: "a", count: 160), coding: 0)
            #expect(try await run.messages().last?.octets.utf8.count == 280, run.told)
        },
        met(
            "whole-characters",
            texts: [
                String(repeating: "🎉", count: 100), "я" + String(repeating: "🎉", count: 100),
                String(repeating: "a", count: 152) + "€" + String(repeating: "b", count: 100),
            ]),
        refused("no-surrogates", text: "🎉", status: 422, "0x00000001"),
        met(
            "spare-octet", ["text: { default_alphabet: latin1, limits: { octets_part: 133 } }"],
            texts: [String(repeating: "é", count: 300)]),
        refused(
            "spare-octet", ["text: { default_alphabet: latin1 }"], text: String(repeating: "é", count: 268),
            status: 422,
            "0x00000001"),
        met("payload-only", ["text: { long: payload }"], texts: ["Hello", long]),
        refused("payload-only", text: long, status: 502, "0x00000043"),
        met("sar-only", ["text: { long: sar }"], texts: ["Hello", long]),
        met("no-parameters", texts: ["Hello", long]),
        met("no-parameters", ["text: { long: udh16 }"], texts: [long]),
        refused("no-parameters", ["text: { long: sar }"], text: long, status: 502, "0x000000C1"),
        met("strict-esm-class", texts: ["Hello", long]),
        refused("strict-esm-class", ["esm_class: 3"], text: "Hello", status: 502, "0x00000043"),
        met("strict-registered-delivery", texts: ["Hello"]),
        met("strict-registered-delivery", ["receipts: { request: false }"], texts: ["Hello"]),
        met("no-validity", texts: ["Hello"]),
        refused("no-validity", ["validity: 1h"], text: "Hello", status: 502, "0x00000062"),
        met("relative-validity", ["validity: 1h"], texts: ["Hello"]),
        refused("relative-validity", text: "Hello", status: 502, "0x00000062"),
    ]

    /// With this carrier file the SMSC takes every text.
    private static func met(_ scenario: String, _ lines: [String] = [], texts: [String]) -> Habit {
        Habit(scenario, lines) { run in
            try await run.awaitBound()
            var parts = 0
            for text in texts {
                let reply = try await run.post(text)
                #expect(reply.status == 200, run.told)
                parts += try reply.json().segments ?? 0
            }
            try await run.expectKept(parts)
        }
    }

    /// With this one it refuses, and that is what is told.
    private static func refused(
        _ scenario: String, _ lines: [String] = [], text: String, status: Int, _ smppStatus: String
    ) -> Habit {
        Habit(scenario, lines) { run in
            try await run.awaitBound()
            let reply = try await run.post(text)
            #expect(reply.status == status, run.told)
            #expect(try reply.json().smppStatus == smppStatus, run.told)
            let counters = try await run.counters()
            #expect(counters.habitsBroken >= 1 && counters.openBinds == 1, run.told)
        }
    }

    /// The SMSC reads what was posted.
    private static func expectText(_ run: HabitRun, _ text: String, coding: UInt8) async throws {
        try await run.awaitBound()
        #expect(try await run.post(text).status == 200, run.told)
        let message = try #require(try await run.messages().last)
        #expect(message.dataCoding == coding && message.text == text, run.told)
    }
}
