import SMPP
import Testing

@testable import Probe

/// The file that is drafted, and what is said beside each value.
@Suite struct ProbeDraftTests {
    private let options = ProbeOptions(
        address: HostPort(host: "smsc.example.net", port: 2775), systemID: "ac\"me", password: "secret")

    private var found: ProbeFindings {
        var found = ProbeFindings()
        found.security = .plain
        found.kinds = [
            .transceiver: .taken, .transmitter: .taken, .receiver: .refused(BindFailure(.refused(.bindFailed))),
        ]
        found.response = BindResponse(systemID: "SM\nSC: x", tlvs: [TLV(.interfaceVersion, UInt8(0x34))])
        (found.held, found.holdFailure) = (2, BindFailure(.refused(.alreadyBound)))
        return found
    }

    private func draft(_ found: ProbeFindings, _ password: ProbeDraft.Password = .inside) -> String {
        (ProbeDraft(options, found, password: password).lines ?? []).joined(separator: "\n")
    }

    @Test func valuesSayHowTheyAreKnown() {
        let text = draft(found)
        for line in [
            "hosts: [\"smsc.example.net:2775\"]  # seen: it answers",
            "tls: { enabled: false }  # not tried: --tls no",
            "system_id: \"ac\\\"me\"  # given", "  # told by the SMSC: its own system_id is SM?SC: x",
            "interface_version: \"3.4\"  # seen: taken", "  # told by the SMSC: sc_interface_version 3.4",
            "binds: [{ kind: transceiver, count: 2 }]  # seen: 2 at once; one more: already bound (0x00000005 ESME_RALYBND)",
            "window: 10  # not tried: the default",
            "receipts: { request: true, ids: auto }  # not tried: the default",
        ] {
            #expect(text.contains(line + "\n") || text.hasSuffix(line), "\(line)\n\(text)")
        }
        #expect(text.contains("receiver: bind refused (0x0000000D ESME_RBINDFAIL)"))
    }

    /// A password stands in the draft only where that is a file of ours, and in no report.
    @Test func thePasswordStandsWhereItMay() {
        #expect(draft(found).contains("password: \"secret\""))
        #expect(!draft(found, .missing).contains("secret\""))
        #expect(draft(found, .file("/etc/a")).contains("password_file: \"/etc/a\"  # given"))
        #expect(!ProbeDraft(options, found, password: .inside).report.joined().contains("secret"))
        #expect(!"\(options)".contains("secret") && !ProbePlan(options).lines.joined().contains("secret"))
    }

    @Test func withoutABindThereIsNoDraft() {
        var none = ProbeFindings()
        none.stop = .time
        let draft = ProbeDraft(options, none, password: .missing)
        #expect(draft.lines == nil && draft.report == ["ended early: the time is used up (--within)"])
    }

    @Test(arguments: [
        (["170", "171"], ["AA", "AB"], [ReceiptIDForm.hex]), (["aa", "ab"], ["170", "171"], [.decimal]),
        (["0017", "a-b"], ["17", "A-B"], [.same]), (["170"], ["999"], []),
    ])
    func receiptsTellTheFormOfTheirIDs(ids: [String], written: [String], forms: [ReceiptIDForm]) {
        var found = found
        found.ids = ids
        found.receipts = written.map { DeliveryReceipt(messageID: $0, state: .delivered) }
        #expect(found.receiptForms == forms)
        #expect(draft(found).contains("ids: \(forms.first?.rawValue ?? "auto") }"))
    }

    @Test func whatWasRefusedIsNotDrafted() {
        var found = found
        found.trials = [
            .gsm: .taken, .latin1: .refused(.submitFailed), .ucs2: .taken, .udh8: .refused(.submitFailed), .sar: .taken,
        ]
        (found.burst, found.burstTaken, found.burstStatus) = (5, 3, .messageQueueFull)
        let text = draft(found)
        #expect(text.contains("text: { data_coding: { gsm: 0, ucs2: 8 }, long: sar }  # seen: gsm taken"))
        #expect(text.contains("latin1 refused, 0x00000045 ESME_RSUBMITFAIL") && text.contains("# not tried: payload"))
        #expect(
            text.contains("window: 3  # seen: 3 of 5 at once were taken, the first refusal: 0x00000014 ESME_RMSGQFUL"))
    }

    /// A rate is no window, and tells nothing of an alphabet.
    @Test func whatIsThrottledIsNotKnown() {
        var found = found
        found.trials = [.gsm: .taken, .ucs2: .refused(.throttled)]
        (found.burst, found.burstTaken, found.burstStatus) = (5, 1, .throttled)
        found.ids = ["1", "2"]
        let text = draft(found)
        for line in [
            "window: 10  # not known: the default; 5 at once were tried, and 0x00000058 ESME_RTHROTTLED tells nothing of it",
            "  # not known: ucs2, and 0x00000058 ESME_RTHROTTLED tells nothing of it",
            "receipts: { request: true, ids: auto }  # not tried: the default; they were not waited for",
        ] {
            #expect(text.contains(line + "\n") || text.hasSuffix(line), "\(line)\n\(text)")
        }
        found.awaited = .seconds(30)
        #expect(draft(found).contains("# seen: none came in 30 s"))
    }

    @Test func onlyWhatWasAcceptedIsDrafted() {
        var found = found
        found.trials = [
            .gsm: .taken, .latin1: .unanswered, .ucs2: .refused(.submitFailed), .udh8: .refused(.submitFailed),
            .sar: .refused(.messageQueueFull),
        ]
        let text = draft(found)
        #expect(text.contains("text: { data_coding: { gsm: 0 } }  # seen: gsm taken"), "\(text)")
        #expect(
            text.contains(
                "ucs2 refused, 0x00000045 ESME_RSUBMITFAIL: Cyrillic cannot be sent until its data_coding is known"))
        found.trials = [.gsm: .refused(.submitFailed)]
        #expect(draft(found).contains("# text: seen: gsm refused, 0x00000045 ESME_RSUBMITFAIL\n"), "\(draft(found))")
        #expect(!draft(found).contains("\ntext:"))
    }
}
