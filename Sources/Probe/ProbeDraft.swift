import Messaging
import SMPP
import TLS

/// A carrier's file by what a probe found, and the report of it: the same facts twice.
package struct ProbeDraft: Hashable, Sendable {
    /// Where the file has the password from.
    package enum Password: Hashable, Sendable {
        /// A file, by its absolute path.
        case file(String)
        /// It stands in the draft itself.
        case inside
        /// A file that is still to be made.
        case missing
    }

    private let options: ProbeOptions
    private let findings: ProbeFindings
    private let password: Password

    package init(_ options: ProbeOptions, _ findings: ProbeFindings, password: Password) {
        self.options = options
        self.findings = findings
        self.password = password
    }

    /// The carrier's file; nil where no bind was taken over which messages go.
    package var lines: [String]? {
        guard findings.best != nil else { return nil }
        return [
            "# Drafted by `smppost carrier probe` of \(options.address). What stands here beats no contract: compare them."
        ]
            + facts.flatMap(\.draft)
    }

    /// For people.
    package var report: [String] {
        var found: [ProbeFact] = []
        if findings.best != nil {
            found = facts
        } else if findings.security != nil {
            found = [tls, kinds]
        } else if findings.agreement != nil {
            found = [ProbeFact("tls", nil, .init(.told, certificate))]
        }
        return found.flatMap(\.report) + (findings.stop.map { ["ended early: \($0.words)"] } ?? [])
    }

    private var facts: [ProbeFact] {
        [hosts, tls, systemID, secret] + login + [binds, kinds, window, rate, enquireLink, response, text, receipts]
            + (findings.otherDeliveries > 0 ? [deliveries] : [])
    }

    // MARK: Where and who

    private var hosts: ProbeFact {
        ProbeFact("hosts", "[\("\(options.address)".inYAML)]", .init(.seen, "it answers"))
    }

    private var tls: ProbeFact {
        let ca = options.caFile.map { ", ca: \($0.inYAML)" } ?? ""
        switch findings.security {
        case .tls:
            return ProbeFact(
                "tls", "{ enabled: true\(ca) }", .init(.seen, "\(agreed); the certificate verifies"),
                .init(.told, certificate))
        case .unverifiedTLS:
            let why = findings.tlsFailure?.short.en ?? ""
            return ProbeFact(
                "tls", "{ enabled: true, verify: false\(ca) }",
                .init(.seen, "\(agreed); the certificate does not verify (\(why)), --insecure took it"),
                .init(.told, certificate))
        case .plain, nil:
            guard let failure = findings.tlsFailure else {
                return ProbeFact("tls", "{ enabled: false }", .init(.untried, "--tls no"))
            }
            return ProbeFact("tls", "{ enabled: false }", .init(.seen, "with TLS: \(failure.short.en)"))
        }
    }

    private var agreed: String { findings.agreement?.version ?? "TLS" }

    private var certificate: String {
        guard let agreement = findings.agreement, let names = agreement.peerNames else { return "no certificate" }
        let end = agreement.peerCertificateExpiry.map { ", good until \(CivilTime(unixSeconds: $0).date)" } ?? ""
        return "certificate of \(Printable.text(names.subject)), issued by \(Printable.text(names.issuer))\(end)"
    }

    private var systemID: ProbeFact {
        var fact = ProbeFact("system_id", options.systemID.inYAML, .init(.given, ""))
        if let response = findings.response {
            let name = response.systemID.isEmpty ? "empty" : Printable.text(response.systemID)
            fact.notes.append(.init(.told, "its own system_id is \(name)"))
        }
        return fact
    }

    private var secret: ProbeFact {
        switch password {
        case .file(let path): ProbeFact("password_file", path.inYAML, .init(.given, ""))
        case .inside: ProbeFact("password", options.password.inYAML, .init(.given, "keep this file closed to others"))
        case .missing:
            ProbeFact("password_file", "secrets/carrier.password", .init(.untried, "put the password there, chmod 600"))
        }
    }

    private var login: [ProbeFact] {
        var facts: [ProbeFact] = []
        if options.password.unicodeScalars.count > 8 {
            facts.append(ProbeFact("long_password", "true", .init(.seen, "the whole password was taken")))
        }
        if !options.systemType.isEmpty {
            facts.append(ProbeFact("system_type", options.systemType.inYAML, .init(.given, "")))
        }
        let version = findings.response?.tlvs[.interfaceVersion]?.integer.map { "\($0 >> 4).\($0 & 0xF)" }
        let told = version.map { "sc_interface_version \($0)" + ($0 < "3.4" ? ": it takes no TLVs" : "") }
        return facts + [
            ProbeFact(
                "interface_version", "\"3.4\"", .init(.seen, "taken"), .init(.told, told ?? "no sc_interface_version"))
        ]
    }

    // MARK: Binds

    private var binds: ProbeFact {
        let (best, count) = (findings.best ?? .transceiver, max(1, findings.held))
        let receiver = best == .transmitter && findings.kinds[.receiver] == .taken ? ", { kind: receiver }" : ""
        let words =
            if let failure = findings.holdFailure {
                "\(findings.held) at once; one more: \(Self.words(failure))"
            } else if findings.held == options.binds {
                "\(findings.held) at once, and more were not tried"
            } else {
                "one at a time"
            }
        return ProbeFact("binds", "[{ kind: \(best.rawValue), count: \(count) }\(receiver)]", .init(.seen, words))
    }

    private var kinds: ProbeFact {
        let words = [BindKind.transceiver, .transmitter, .receiver].map { kind in
            switch findings.kinds[kind] {
            case .taken: "\(kind.rawValue) taken"
            case .refused(let failure): "\(kind.rawValue): \(Self.words(failure))"
            case nil: "\(kind.rawValue) not tried"
            }
        }
        return ProbeFact("kinds of bind", nil, .init(.seen, words.joined(separator: ", ")))
    }

    private static func words(_ failure: BindFailure) -> String {
        failure.short.en + (failure.status.map { " (\($0.hex) \($0.name))" } ?? "")
    }

    private var window: ProbeFact {
        guard findings.burst > 0 else { return ProbeFact("window", "10", .init(.untried, "the default")) }
        if let status = findings.burstStatus, status == .throttled {
            return ProbeFact(
                "window", "10",
                .init(.unknown, "the default; \(findings.burst) at once were tried, \(Self.tellsNothing(status))"))
        }
        guard findings.burstTaken < findings.burst else {
            return ProbeFact(
                "window", "\(findings.burst)",
                .init(.seen, "\(findings.burst) at once were taken, and more were not tried"))
        }
        let status =
            findings.burstStatus.map { "the first refusal: \($0.hex) \($0.name)" } ?? "the others had no answer"
        return ProbeFact(
            "window", "\(max(1, findings.burstTaken))",
            .init(.seen, "\(findings.burstTaken) of \(findings.burst) at once were taken, \(status)"))
    }

    private var rate: ProbeFact {
        ProbeFact("rate", nil, .init(.untried, "the contract says it, for example 30/s"))
    }

    private var enquireLink: ProbeFact {
        let asked = findings.enquireTimes.count + findings.enquiresUnanswered
        let ours = "\(findings.enquireTimes.count) of \(asked) answered" + Self.longest(findings.enquireTimes)
        let theirs: ProbeFact.Note =
            if findings.enquiresReceived > 0 {
                .init(.seen, "the SMSC asks too: \(findings.enquiresReceived) times, all answered")
            } else if findings.listened > .zero {
                .init(.seen, "the SMSC asked nothing in \(findings.listened.components.seconds) s")
            } else {
                .init(.untried, "whether the SMSC asks too (--listen)")
            }
        return ProbeFact("enquire_link", "{ every: 30s, unanswered: 2 }", .init(.seen, ours), theirs)
    }

    private var response: ProbeFact {
        let times = findings.submitTimes
        let longest = (times + findings.bindTimes + findings.enquireTimes).max() ?? .zero
        let seconds = min(60, max(5, 2 * (longest.components.seconds + 1)))
        var fact = ProbeFact(
            "timeouts", "{ response: \(seconds)s }", .init(.seen, "binds answered" + Self.longest(findings.bindTimes)))
        fact.notes.append(
            times.isEmpty ? .init(.untried, "submit_sm") : .init(.seen, "submit_sm answered" + Self.longest(times)))
        return fact
    }

    private static func longest(_ times: [Duration]) -> String {
        times.max().map { ", within \(Int(($0.inSeconds * 1000).rounded(.up))) ms" } ?? ""
    }

    // MARK: Messages

    private var text: ProbeFact {
        guard !findings.trials.isEmpty else {
            return ProbeFact(
                "text", "{ data_coding: { gsm: 0, latin1: 3, ucs2: 8 }, long: udh8 }",
                .init(.untried, "the default; --send-to NUMBER tries alphabets and long texts"))
        }
        let codings = ProbeTrial.allCases.filter { findings.trials[$0] == .taken }.compactMap(\.dataCoding)
        let long = ProbeTrial.allCases.first { $0.long != nil && findings.trials[$0] == .taken }?.long
        let values =
            (codings.isEmpty ? [] : ["data_coding: { \(codings.joined(separator: ", ")) }"])
            + (long.map { ["long: \($0.rawValue)"] } ?? [])
        var fact = ProbeFact("text", values.isEmpty ? nil : "{ \(values.joined(separator: ", ")) }")
        fact.notes = ProbeTrial.allCases.map(note)
        return fact
    }

    private func note(_ trial: ProbeTrial) -> ProbeFact.Note {
        switch findings.trials[trial] {
        case .taken: .init(.seen, "\(trial.name) taken; the handset must show: \(trial.shown)")
        // They pass, and tell of the load.
        case .refused(.throttled): .init(.unknown, "\(trial.name), \(Self.tellsNothing(.throttled))")
        case .refused(.messageQueueFull): .init(.unknown, "\(trial.name), \(Self.tellsNothing(.messageQueueFull))")
        case .refused(let status):
            .init(.seen, "\(trial.name) refused, \(status.hex) \(status.name)\(trial.advice)")
        case .unanswered: .init(.seen, "\(trial.name) was not answered\(trial.advice)")
        case nil: .init(.untried, trial.name)
        }
    }

    private static func tellsNothing(_ status: CommandStatus) -> String {
        "and \(status.hex) \(status.name) tells nothing of it"
    }

    private var receipts: ProbeFact {
        let forms = findings.receiptForms
        guard !findings.ids.isEmpty else {
            return ProbeFact("receipts", "{ request: true, ids: auto }", .init(.untried, "the default"))
        }
        let count = "\(findings.receipts.count) of \(findings.ids.count) came"
        switch (findings.receipts.isEmpty, forms.count) {
        case (true, _):
            let note: ProbeFact.Note =
                findings.awaited > .zero
                ? .init(.seen, "none came in \(findings.awaited.components.seconds) s")
                : .init(.untried, "the default; they were not waited for")
            return ProbeFact("receipts", "{ request: true, ids: auto }", note)
        case (_, 1): return ProbeFact("receipts", "{ request: true, ids: \(forms[0].rawValue) }", .init(.seen, count))
        default:
            let words = forms.isEmpty ? "their ids are in no known form" : "their ids may be of several forms"
            return ProbeFact("receipts", "{ request: true, ids: auto }", .init(.seen, "\(count); \(words)"))
        }
    }

    private var deliveries: ProbeFact {
        ProbeFact(
            "deliver", nil,
            .init(
                .seen,
                "\(findings.otherDeliveries) messages or receipts of others came and were left to the SMSC (0x08)"))
    }
}

extension CivilTime {
    /// `2026-11-30`.
    fileprivate var date: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }
}
