/// What may be meant by the id of a receipt.
extension ReceiptMatcher {
    /// What `ForgottenSegment.id` may be of the segment that a receipt means, and the least agreement of its number that makes it so.
    package func foldedIDs(of receipt: DeliveryReceipt) -> (ids: [String], least: NumberAgreement) {
        let form: ReceiptIDForm =
            switch (rules.ids, learning.sure) {
            case (.auto, .same?): .same
            case (.auto, .hexadecimal?): .hex
            case (.auto, .decimal?): .decimal
            case (let form, _): form
            }
        let ids = receipt.foldedIDs(form)
        if keys(of: receipt).allSatisfy({ Way($0.form) == .same }) { return (ids, .unknown) }
        return (ids, form == .auto ? .equal : known.needsNumber ? .partial : .unknown)
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
            isConfigured: rules.ids != .auto, comparesNumbers: rules.comparesNumbers,
            needsNumber: rules.ids == .auto && rules.comparesNumbers && learning.needsNumber)
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

    mutating func learn(_ candidate: ReceiptChoice.Candidate, _ entry: ParkedReceipts.Entry) {
        // What a receipt itself taught proves nothing, and only the first id teaches.
        guard rules.ids == .auto, let id = segments[candidate.index].id, let way = Way(candidate.form),
            entry.keys.contains(where: {
                $0.isFirst && Way($0.form) == way && (id.raw == $0.text || id.folded == $0.text)
            })
        else { return }
        let isProof = learning.sure != way && isProof(id, of: candidate.tag, entry.received)
        learning.learn(way, proof: candidate.agreement == .equal ? 2 : isProof ? 1 : 0)
    }

    /// Whether the message would be the only one that fits in whatever way its id were written. What can be seen of one way only does not
    /// say that there is no other: of a counter at 26 and a carrier that mixes ways, `1a` is clear, and `26` may be 38.
    private func isProof(_ id: CarrierMessageID, of tag: UInt64, _ received: ReceivedReceipt) -> Bool {
        [id.raw, id.hexadecimalOfDecimal, id.decimalOfHexadecimal].compactMap(\.self).allSatisfy { written in
            var choice = ReceiptChoice()
            for key in keys(of: DeliveryReceipt(messageID: written, state: received.receipt.state)) {
                addCandidates(for: key, received, to: &choice)
            }
            return choice.isOnly(tag)
        }
    }
}
