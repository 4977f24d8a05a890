internal import DequeModule
package import Messaging

/// Which messages must not be sent again: the rule of the in-doubt ledger (design §1), without a clock or a store.
///
/// An entry lives from before its message's first byte until its client has its answer, or until `ttl` is over:
///
///     begin ──▶ under way ──outcome──▶ refused, not sent ──▶ gone
///                   │                ├▶ accepted, partial ──▶ settled ──delivered──▶ gone, or recent
///                   │                └▶ unknown ──late response, receipt──▶ settled
///                   └──(restart)──────▶ unknown
///
/// - under way: repeats wait for its end.
/// - unknown: nobody knows whether it went; repeats are told so.
/// - settled: the answer is known, and its client does not have it yet, or has a name for the message (`MessageIntent.reference`);
///   repeats get it.
/// - recent: its client has the answer, and within `duplicateWindow` repeats get it too.
///
/// All moments are milliseconds since 1970. Entries that have ended, one way or another, take a new message with the same
/// fingerprint.
///
/// Every message of the journal passes here four times, so an entry is found once a time and changed where it is.
package struct InDoubtLedger: Sendable {
    /// How long entries live, and the bounds.
    package struct Rules: Hashable, Sendable {
        /// How long an entry lives at most, in milliseconds.
        package var ttl: UInt64 = 3 * 3_600_000
        /// For how long after its acceptance a delivered message still answers its repeats, in milliseconds; 0 = not at all.
        package var duplicateWindow: UInt64 = 0
        /// Whether repeats of an unknown message are told that it was accepted.
        package var answersAccepted = false
        /// How many entries there are at most; then a new message is refused rather than an old one forgotten.
        package var entries = 500_000
        /// How many of them may be of delivered messages; then the oldest of these is forgotten. Fewer than `entries`.
        package var recent = 200_000
        /// How many repeats of one message may wait for its end.
        package var waiters = 16

        package init() {}
    }

    /// What becomes of a message that wants to begin.
    package enum Decision: Hashable, Sendable {
        /// It is new: it may be sent when its entry is on disk.
        case new
        /// It is a repeat and has this answer.
        case repeats(LedgerAnswer)
        /// It is a repeat of this message, which is under way; its end names the waiter.
        case underWay(MessageID)
        /// A bound is reached.
        case full
    }

    /// The status that a carrier's refusal is answered with; 503 = temporary.
    package typealias RefusalStatus = (_ carrier: String, _ status: UInt32) -> Int

    private struct Entry: Sendable {
        let fingerprint: Fingerprint
        let since: UInt64
        var state: State
    }

    /// Outcomes stand apart: an entry is then few words, which every look at it copies.
    private enum State: Sendable {
        /// `late` came before the outcome did.
        case underWay(waiters: [MessageID], late: [LateRecord])
        indirect case unknown(OutcomeRecord)
        indirect case settled(OutcomeRecord)
        indirect case recent(OutcomeRecord)
    }

    private let rules: Rules
    private var entries: [MessageID: Entry] = [:]
    private var ids: [Fingerprint: MessageID] = [:]
    /// All entries in the order of their beginning, and some that are gone.
    private var order = Deque<MessageID>()
    /// Recent ones, in the order of their delivery, and some that are gone.
    private var recent = Deque<MessageID>()

    /// How many messages nobody knows the fate of.
    package private(set) var unknownCount = 0

    package init(rules: Rules) {
        self.rules = rules
    }

    /// How many entries there are.
    package var count: Int { entries.count }
    /// Who has which fingerprint.
    var claims: [LedgerClaim] { ids.map { LedgerClaim(id: $0.value, fingerprint: $0.key) } }
    /// Of an entry; nil = there is none.
    func fingerprint(of id: MessageID) -> Fingerprint? { entries[id]?.fingerprint }
    /// Who has it and may have gone, or still has an answer for its repeats; nil = nobody.
    func holder(of fingerprint: Fingerprint, at now: UInt64) -> MessageID? {
        guard let id = ids[fingerprint], let entry = entries[id], !isOver(entry, at: now) else { return nil }
        return id
    }
    /// How many names it holds, of entries and of some that are gone.
    var namesHeld: Int { order.count }

    // MARK: A message's life

    /// A message wants to be sent.
    package mutating func begin(_ id: MessageID, _ fingerprint: Fingerprint, at now: UInt64) -> Decision {
        // Nearly always nobody has it.
        if let known = ids.updateValue(id, forKey: fingerprint), known != id {
            ids[fingerprint] = known
            if let decision = answer(known, to: id, at: now) { return decision }
            ids[fingerprint] = id
        }
        guard entries.count < rules.entries else {
            if entries[id] != nil { return .new }
            ids[fingerprint] = nil
            return .full
        }
        let entry = Entry(fingerprint: fingerprint, since: now, state: .underWay(waiters: [], late: []))
        if let before = entries.updateValue(entry, forKey: id) {
            entries[id] = before
            return .new
        }
        order.append(id)
        compact()
        return .new
    }

    /// Nil where the entry has ended.
    private mutating func answer(_ known: MessageID, to id: MessageID, at now: UInt64) -> Decision? {
        guard let entry = entries[known] else { return nil }
        if isOver(entry, at: now) {
            remove(known)
            return nil
        }
        switch entry.state {
        case .underWay(var waiters, let late):
            guard waiters.count < rules.waiters else { return .full }
            waiters.append(id)
            entries[known]?.state = .underWay(waiters: waiters, late: late)
            return .underWay(known)
        case .unknown(let outcome):
            return .repeats(LedgerAnswer(rules.answersAccepted ? outcome.toldAsAccepted : outcome))
        case .settled(let outcome), .recent(let outcome): return .repeats(LedgerAnswer(outcome))
        }
    }

    /// Its entry could not be made durable and it is not sent: it is as if it had never come.
    ///
    /// - Returns: the repeats that waited for it.
    package mutating func abandon(_ id: MessageID) -> [MessageID] {
        guard case .underWay(let waiters, _) = entries[id]?.state else { return [] }
        remove(id)
        return waiters
    }

    /// A repeat does not wait any more.
    package mutating func leave(_ waiter: MessageID, of id: MessageID) {
        guard case .underWay(var waiters, let late) = entries[id]?.state else { return }
        waiters.removeAll { $0 == waiter }
        entries[id]?.state = .underWay(waiters: waiters, late: late)
    }

    /// Its reply is decided.
    ///
    /// - Returns: the repeats that waited for it; `answer` is theirs.
    package mutating func end(
        _ outcome: OutcomeRecord, refusal: RefusalStatus
    ) -> (waiters: [MessageID], answer: LedgerAnswer) {
        guard let place = entries.index(forKey: outcome.id),
            case .underWay(let waiters, let late) = entries.values[place].state
        else { return ([], LedgerAnswer(outcome)) }
        var outcome = outcome
        switch outcome.word {
        case .accepted, .partial: entries.values[place].state = .settled(outcome)
        case .refused, .notSent: remove(at: place)
        case .unknown:
            entries.values[place].state = .unknown(outcome)
            unknownCount += 1
            for late in late { take(late, refusal: refusal) }
            // What came meanwhile is in the waiters' answer already.
            outcome = known(outcome.id) ?? outcome
        }
        return (waiters, LedgerAnswer(outcome))
    }

    private func known(_ id: MessageID) -> OutcomeRecord? {
        switch entries[id]?.state {
        case .unknown(let outcome), .settled(let outcome), .recent(let outcome): outcome
        case .underWay, nil: nil
        }
    }

    /// A client has taken its reply, or a repeat's, and that said more than that nobody knows.
    package mutating func delivered(_ id: MessageID) {
        guard let place = entries.index(forKey: id) else { return }
        switch entries.values[place].state {
        case .settled where rules.duplicateWindow == 0: remove(at: place)
        case .settled(let outcome):
            guard outcome.word == .accepted else { return remove(at: place) }
            entries.values[place].state = .recent(outcome)
            keepRecent(id)
        case .unknown: remove(at: place)
        case .underWay, .recent: break
        }
    }

    /// A segment's response came after its message was told as unknown.
    package mutating func take(_ late: LateRecord, refusal: RefusalStatus) {
        switch entries[late.id]?.state {
        case .underWay(let waiters, let before):
            guard before.count < OutcomeRecord.maxSegments else { return }
            entries[late.id]?.state = .underWay(waiters: waiters, late: before + [late])
        case .unknown:
            resolve(late.id, late.segment, late.result, carrier: late.carrier, refusal: refusal)
        case .settled, .recent, nil: break
        }
    }

    /// A receipt of a known message: its carrier had accepted the segment.
    package mutating func take(_ receipt: ReceiptRecord, refusal: RefusalStatus) {
        guard let id = receipt.message, let segment = receipt.segment else { return }
        resolve(id, segment, .accepted(id: receipt.carrierID), carrier: receipt.carrier, refusal: refusal)
    }

    private mutating func resolve(
        _ id: MessageID, _ index: Int, _ segment: SegmentRecord, carrier: String, refusal: RefusalStatus
    ) {
        guard case .unknown(var outcome) = entries[id]?.state,
            outcome.resolve(index, segment, carrier: carrier, refusal: refusal)
        else { return }
        switch outcome.word {
        case .unknown: entries[id]?.state = .unknown(outcome)
        case .accepted, .partial, .refused:
            unknownCount -= 1
            entries[id]?.state = .settled(outcome)
        case .notSent: remove(id)
        }
    }

    private mutating func keepRecent(_ id: MessageID) {
        recent.append(id)
        if recent.count > rules.recent { remove(recent.removeFirst()) }
    }

    // MARK: Time

    /// Ends the entries whose time is over.
    package mutating func expire(at now: UInt64) {
        while let first = recent.first {
            if let entry = entries[first] {
                guard isOver(entry, at: now) else { break }
                remove(first)
            }
            recent.removeFirst()
        }
        while let first = order.first {
            guard let place = entries.index(forKey: first) else {
                order.removeFirst()
                continue
            }
            guard isOver(entries.values[place], at: now) else { return }
            order.removeFirst()
            remove(at: place)
        }
    }

    private func isOver(_ entry: Entry, at now: UInt64) -> Bool {
        if entry.since &+ rules.ttl <= now { return true }
        switch entry.state {
        case .recent(let outcome): return outcome.at &+ rules.duplicateWindow <= now
        case .underWay, .unknown, .settled: return false
        }
    }

    private mutating func remove(_ id: MessageID) {
        if let place = entries.index(forKey: id) { remove(at: place) }
    }

    private mutating func remove(at place: [MessageID: Entry].Index) {
        let (id, entry) = entries.remove(at: place)
        if case .unknown = entry.state { unknownCount -= 1 }
        if let place = ids.index(forKey: entry.fingerprint), ids[place].value == id { ids.remove(at: place) }
    }

    /// Most entries are gone soon: without this, one that stays would keep the names of all behind it.
    private mutating func compact() {
        guard order.count > 2 * entries.count + 1024 else { return }
        order.removeAll { entries.index(forKey: $0) == nil }
    }

    // MARK: Restart

    /// Takes in what another process knew of a message, with what came after its reply: its answer, where a repeat would still get it.
    /// Of two with one fingerprint the first counts.
    ///
    /// - Returns: the outcome as it is now, where nobody knows whether the message went.
    @discardableResult
    mutating func restore(_ life: MessageLife, refusal: RefusalStatus) -> OutcomeRecord? {
        let (id, fingerprint) = (life.message.id, life.message.fingerprint)
        // What was refused at once leaves nothing; what turned out as refused later has an answer.
        if let word = life.outcome?.word, word == .refused || word == .notSent { return nil }
        let outcome = life.outcomeNow(refusal)
        let doubtful = outcome.word == .unknown && !life.isDelivered ? outcome : nil
        guard ids[fingerprint] == nil, entries[id] == nil, entries.count < rules.entries else { return doubtful }
        let state: State
        switch outcome.word {
        case .accepted, .partial, .refused:
            guard life.isDelivered else {
                state = .settled(outcome)
                break
            }
            guard rules.duplicateWindow > 0, outcome.word == .accepted else { return nil }
            state = .recent(outcome)
            recent.append(id)
        case .unknown:
            guard !life.isDelivered else { return nil }
            state = .unknown(outcome)
            unknownCount += 1
        case .notSent: return nil
        }
        entries[id] = Entry(fingerprint: fingerprint, since: id.unixMilliseconds, state: state)
        ids[fingerprint] = id
        order.append(id)
        return doubtful
    }
}
