import SMPP

/// What a probe will do at most, said before it does anything.
package struct ProbePlan: Hashable, Sendable {
    private let options: ProbeOptions

    package init(_ options: ProbeOptions) {
        self.options = options
    }

    /// `submit_sm` PDUs, at most.
    package var submits: Int {
        guard let messages = options.messages else { return 0 }
        return ProbeTrial.allCases.reduce(messages.window) { $0 + $1.messages(messages).count }
    }

    /// Connections, at most: each kind of bind, those that are held, and what TLS and ESME_RALYBND add.
    package var connections: Int {
        let tls = options.tls == .no ? 0 : options.takesAnyCertificate ? 2 : 1
        return tls + BindKind.allCases.count + options.binds + 3
    }

    /// Line by line, for people.
    package var lines: [String] {
        let place = "\(options.address) as \(Printable.text(options.systemID))"
        var steps = [
            connecting,
            "bind as transceiver, transmitter and receiver, one after the other; one enquire_link and unbind on each",
            "hold \(options.binds) bind\(options.binds == 1 ? "" : "s") at once, or what the SMSC takes, with one enquire_link on each",
            "wait \(seconds(options.listen)) for enquire_link of the SMSC, and answer it",
        ]
        if let messages = options.messages {
            let trials = ProbeTrial.allCases.map(\.name).joined(separator: ", ")
            steps += [
                "send \(ProbeTrial.allCases.count) messages to \(messages.number), each part after the answer to the one before, two a second: \(trials)",
                "send \(messages.window) short messages to it at once",
                "wait \(seconds(messages.receipts)) at most for their receipts",
            ]
        }
        steps.append("unbind all")
        let numbered = steps.enumerated().map { "\($0.offset + 1). \($0.element)" }
        return ["The probe of \(place) will, in this order:"] + numbered + bounds
    }

    private var connecting: String {
        switch options.tls {
        case .auto:
            "connect with TLS, and without it where the port has none; the password goes to no certificate that does not verify"
        case .yes: "connect with TLS; the password goes to no certificate that does not verify"
        case .no: "connect without TLS"
        }
    }

    private var bounds: [String] {
        let messages =
            options.messages == nil
            ? "no message is sent (--send-to NUMBER tries alphabets, long texts, window and receipts)"
            : "at most \(submits) submit_sm are sent, which the carrier may charge"
        return [
            "At most \(connections) connections, one a second; \(messages).",
            "It ends after \(seconds(options.within)), at the first 0x58 (ESME_RTHROTTLED), and where login or password are refused.",
            "Messages of others that come meanwhile are not taken (0x08): the SMSC brings them again.",
        ]
    }

    private func seconds(_ time: Duration) -> String { "\(time.components.seconds) s" }
}

/// What a peer wrote, fit for a terminal and for a comment.
enum Printable {
    /// Printable ASCII; a question mark for what is not.
    static func text(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }))
    }
}
