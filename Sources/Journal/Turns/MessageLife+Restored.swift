import Messaging

extension MessageLife {
    /// Its segments that were accepted, and those that may have been, for their receipts.
    ///
    /// - Parameters:
    ///   - moment: those that were answered later (milliseconds since 1970).
    ///   - finals: states that nothing else follows.
    func restored(since moment: UInt64, finals: [String]) -> [RestoredSegment] {
        var found: [RestoredSegment] = []
        func add(_ segment: Int, _ carrier: String, _ carrierID: String, at: UInt64, isLost: Bool = false) {
            guard at > moment else { return }
            var restored = RestoredSegment(
                message: message.id, segment: segment, carrier: carrier, carrierID: carrierID,
                recipient: message.keptRecipient, at: at)
            restored.sender = message.sender
            restored.isLost = isLost
            found.append(restored)
        }
        // What was told only because the process ended is as open as before: any carrier may have it.
        let known = outcome.flatMap { $0.isInterrupted ? nil : $0 }
        if let known, let carrier = known.carrier {
            for (index, segment) in known.segments.enumerated() {
                switch segment {
                case .accepted(let id): add(index, carrier, id, at: known.at)
                case .unknown: add(index, carrier, "", at: known.at, isLost: true)
                case .refused, .notSent: break
                }
            }
        }
        for late in late where late.status == 0 {
            found.removeAll { $0.segment == late.segment }
            add(late.segment, late.carrier, late.carrierID, at: late.at)
        }
        if known == nil, found.isEmpty {
            if let first = receipts.first, let segment = first.segment {
                add(segment, first.carrier, "", at: first.at, isLost: true)
            } else {
                add(0, "", "", at: message.id.unixMilliseconds, isLost: true)
            }
        }
        for receipt in receipts {
            if let place = found.firstIndex(where: { $0.segment == receipt.segment }) {
                found[place].take(receipt, finals: finals)
            }
        }
        return found
    }
}

extension RestoredSegment {
    fileprivate mutating func take(_ receipt: ReceiptRecord, finals: [String]) {
        if isLost {
            // From then on it was known by the receipt's id.
            isLost = false
            carrierID = receipt.carrierID
        } else if state == nil, !carrierID.isEmpty {
            receiptID = receipt.carrierID
        }
        guard let state, finals.contains(state) else {
            state = receipt.state
            return
        }
    }
}
