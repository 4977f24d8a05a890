@testable import SMPP

/// A carrier that counts its messages, and the receipts that it sends of them; what the matcher makes of both.
struct ReceiptSimulation {
    enum Writing: CaseIterable { case decimal, hexadecimal, padded, mixed }
    enum Moment: CaseIterable { case before, rightBehind, longAfter, any }
    /// How receipts name the recipient: any of the ways in which carriers write whole numbers and those of their country; as one dials it
    /// there; with four digits before a mask and two behind it; with a mask that all recipients share; not at all; or they name somebody else
    /// by letters.
    enum Naming: CaseIterable { case anyForm, national, masked, allMasked, nobody, letters }

    var start: UInt64
    /// Of ids in responses; `padded` and `mixed` are decimal there.
    var response = Writing.decimal
    var receipt = Writing.decimal
    /// Percent of the ids that `mixed` writes as hexadecimal.
    var hexadecimals = 50
    var moment = Moment.rightBehind
    var window = 20
    var messages = 300
    /// Percent of receipts with which comes one of a message that nobody sent, by an id near by.
    var strangers = 0
    /// How these name the recipient; nil = as the others do.
    var strangersNaming: Naming?
    /// The carrier begins to count anew in the middle.
    var repeatsIDs = false
    /// So many recipients; nil = each message has its own.
    var recipients: Int?
    var naming = Naming.anyForm
    /// Between messages.
    var pause = Duration.zero
    /// Whom all messages come from; where it is a number, every tenth message goes to it, and strangers' receipts do.
    var sender = "Firm"
    /// Of each message; all have one id.
    var parts = 1

    struct Result {
        /// Receipts that stand at another message than their own; at one to another number.
        var wrong = 0
        var wrongNumber = 0
        var matched = 0
        var expected = 0
        var early = 0
        var duplicates = 0
        var learnt = ""

        var share: Double { Double(matched) / Double(max(1, expected)) }
    }

    private struct Open {
        var message: Int
        var part: Int
        var id: UInt64
        var writtenAt: MonotonicTime
    }

    func run(seed: UInt64) -> Result {
        var random = SplitMix64(seed: seed)
        var matcher = ReceiptMatcher(rules: ReceiptRules())
        var result = Result()
        var open: [Open] = []
        var waiting: [(due: Int, receipt: ReceivedReceipt)] = []
        var next = 0
        var id = start
        var step = 0
        var paused = Duration.zero
        func now() -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(step + 1) * 1_000_000) + paused }
        func answeredUpTo() -> MonotonicTime { open.map(\.writtenAt).min() ?? now() }
        func note(_ settled: [SettledReceipt]) {
            for settled in settled {
                if settled.isEarly { result.early += 1 }
                count(settled.outcome, settled.received, &result)
            }
        }
        func deliver(_ received: ReceivedReceipt) {
            step += 1
            if received.bind != "stranger" { result.expected += 1 }
            switch matcher.match(received, at: now(), answeredUpTo: answeredUpTo()) {
            case .settled(let outcome): count(outcome, received, &result)
            case .parked(_, let displaced): note(displaced.map { [$0] } ?? [])
            }
        }
        while next < messages || !open.isEmpty || !waiting.isEmpty {
            step += 1
            while next < messages, open.count < window {
                if repeatsIDs, next == messages / 2 { id = start }
                for part in 0..<parts { open.append(Open(message: next, part: part, id: id, writtenAt: now())) }
                (next, id) = (next + 1, id + 1)
                paused += pause
            }
            if pause > .zero { note(matcher.expire(now: now())) }
            if let place = open.indices.randomElement(using: &random) {
                let answered = open[place]
                let receipt = receipt(of: answered.message, id: answered.id, &random)
                let moment = moment == .any ? [.before, .rightBehind, .longAfter][random.below(3)] : moment
                if moment == .before { deliver(receipt) }
                open.remove(at: place)
                step += 1
                note(
                    matcher.accepted(
                        AcceptedSegment(
                            tag: UInt64(answered.message), segment: answered.part,
                            carrierID: text(answered.id, response, &random), destination: number(answered.message),
                            sender: SenderKey(sender), at: now())))
                note(matcher.review(now: now(), answeredUpTo: answeredUpTo()))
                if moment == .rightBehind { deliver(receipt) }
                if moment == .longAfter { waiting.append((step + random.below(2000), receipt)) }
                if random.chance(strangers) {
                    var stranger = self.receipt(
                        of: 900_000 + answered.message, id: answered.id + UInt64(random.below(9)),
                        naming: strangersNaming, &random)
                    stranger.bind = "stranger"
                    deliver(stranger)
                }
            }
            for place in waiting.indices.reversed() where waiting[place].due <= step || open.isEmpty {
                deliver(waiting.remove(at: place).receipt)
            }
        }
        step += 100_000_000
        note(matcher.expire(now: now()))
        result.learnt = matcher.formInWords.en
        return result
    }

    private func count(_ outcome: ReceiptOutcome, _ received: ReceivedReceipt, _ result: inout Result) {
        switch outcome {
        case .matched(let match), .duplicate(let match):
            if case .duplicate = outcome { result.duplicates += 1 }
            if "\(match.tag)" == received.receipt.text {
                result.matched += 1
            } else {
                result.wrong += 1
                if number(Int(match.tag)) != number(Int(received.receipt.text ?? "") ?? -1) { result.wrongNumber += 1 }
            }
        case .unmatched: break
        }
    }

    private func number(_ message: Int) -> String {
        if sender.first == "7", message.isMultiple(of: 10), message < 900_000 { return sender }
        return String(79_160_000_000 + (recipients.map { message % $0 } ?? message))
    }

    private func receipt(
        of message: Int, id: UInt64, naming: Naming? = nil, _ random: inout SplitMix64
    ) -> ReceivedReceipt {
        let naming = naming ?? self.naming
        var receipt = DeliveryReceipt(messageID: text(id, self.receipt, &random), state: .delivered)
        receipt.text = "\(message)"
        let digits = number(message)
        let national = String(digits.dropFirst())
        let written: [String] =
            switch naming {
            case .anyForm: [digits, "+" + digits, "00" + digits, "8" + national, national]
            case .national: ["8" + national, national]
            case .masked: ["\(digits.prefix(4))*****\(digits.suffix(2))"]
            case .allMasked: ["\(digits.prefix(3))********"]
            case .nobody: [""]
            case .letters: ["OTHER"]
            }
        return ReceivedReceipt(
            receipt, source: written[random.below(written.count)], destination: naming == .letters ? "OTHER2" : sender)
    }

    private func text(_ id: UInt64, _ writing: Writing, _ random: inout SplitMix64) -> String {
        switch writing {
        case .decimal: String(id)
        case .hexadecimal: String(id, radix: 16, uppercase: true)
        case .padded: String(("00000000000000000000" + String(id)).suffix(20))
        case .mixed: String(id, radix: random.chance(hexadecimals) ? 16 : 10)
        }
    }
}
