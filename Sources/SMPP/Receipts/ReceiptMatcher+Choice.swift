/// What may be meant by the id of a receipt.
extension ReceiptMatcher {
    /// What `ForgottenSegment.id` may be of the segment that a receipt means, and whether some of these are guesses.
    package func foldedIDs(of receipt: DeliveryReceipt) -> (ids: [String], areGuesses: Bool) {
        let form: ReceiptIDForm =
            switch (rules.ids, learning.sure) {
            case (.auto, .same?): .same
            case (.auto, .hexadecimal?): .hex
            case (.auto, .decimal?): .decimal
            case (let form, _): form
            }
        return (receipt.foldedIDs(form), form == .auto && keys(of: receipt).contains { Way($0.form) != .same })
    }

    /// The ids that the response may have had, likeliest first.
    func keys(of receipt: DeliveryReceipt) -> [ReceiptKey] {
        var keys: [ReceiptKey] = []
        for (index, text) in [receipt.messageID, receipt.otherID].enumerated() {
            guard let id = text.flatMap({ CarrierMessageID($0) }) else { continue }
            let exact = (ReceiptMatchForm.exact, id.raw)
            let same = id.folded == id.raw ? [exact] : [exact, (.folded, id.folded)]
            let hexadecimal = id.decimalOfHexadecimal.map { [(ReceiptMatchForm.hexadecimal, $0)] }
            let decimal = id.hexadecimalOfDecimal.map { [(ReceiptMatchForm.decimal, $0)] }
            let forms =
                switch rules.ids {
                case .same: same
                // An id that is no number has no other form.
                case .hex: hexadecimal ?? same
                case .decimal: decimal ?? same
                case .auto: same + (hexadecimal ?? []) + (decimal ?? [])
                }
            keys += forms.map { ReceiptKey(form: $0.0, text: $0.1, isFirst: index == 0) }
        }
        return keys
    }

    /// By its first id; by the second one where that finds nothing.
    func verdict(on received: ReceivedReceipt, _ keys: [ReceiptKey], isFinal: Bool) -> ReceiptChoice.Verdict {
        let second = keys.firstIndex { !$0.isFirst } ?? keys.endIndex
        let verdict = verdict(on: received, keys[..<second], isFinal)
        guard second < keys.endIndex else { return verdict }
        switch verdict {
        case .take, .wait: return verdict
        case .evidence, .unmatched: break
        }
        let other = self.verdict(on: received, keys[second...], isFinal)
        // An id of another number's message says more than one that nobody knows.
        return other == .unmatched(.unknownID) ? verdict : other
    }

    /// What is known of the carrier's ways.
    var known: ReceiptChoice.Known {
        ReceiptChoice.Known(
            usual: rules.ids == .auto ? learning.sure : nil, proven: learning.proven,
            isConfigured: rules.ids != .auto, comparesNumbers: rules.comparesNumbers)
    }

    private func verdict(
        on received: ReceivedReceipt, _ keys: ArraySlice<ReceiptKey>, _ isFinal: Bool
    ) -> ReceiptChoice.Verdict {
        var choice = ReceiptChoice()
        for key in keys { addCandidates(for: key, received, to: &choice) }
        let known = known
        return choice.verdict(
            known: known, hasKey: keys.contains { Way($0.form) == known.usual },
            isOnlyWay: keys.allSatisfy { Way($0.form) == .same }, isFinal: isFinal)
    }

    private func addCandidates(for key: ReceiptKey, _ received: ReceivedReceipt, to choice: inout ReceiptChoice) {
        let bit = Self.finalBit(received.receipt.state)
        segments.forEach(ofKey: key.text) { index in
            let entry = segments[index]
            // A key that is the receipt's very id may have met an id that only folds to it.
            let isFolded = key.form == .exact && !segments.isWritten(key.text, at: index)
            choice.add(
                ReceiptChoice.Candidate(
                    index: index, form: isFolded ? .folded : key.form,
                    agreement: rules.comparesNumbers
                        ? received.agreement(withRecipient: entry.destination, sender: entry.sender) : .unknown,
                    tag: entry.tag, segment: entry.segment, recipient: entry.recipient,
                    told: entry.finals == 0 ? 0 : entry.finals & bit != 0 ? 1 : 2))
        }
    }

    mutating func learn(_ candidate: ReceiptChoice.Candidate, _ keys: [ReceiptKey]) {
        // What a receipt itself taught proves nothing, and only the first id teaches.
        guard rules.ids == .auto, segments[candidate.index].id != nil, let way = Way(candidate.form),
            keys.contains(where: { $0.isFirst && Way($0.form) == way && isID($0.text, of: candidate.index) })
        else { return }
        learning.learn(way)
    }

    private func isID(_ key: String, of index: Int) -> Bool {
        segments[index].id.map { $0.raw == key || $0.folded == key } ?? false
    }
}
