@testable import SMPP

/// What really happened to the messages of a random life, held against what the session tells.
struct WalkLedger {
    /// What really happened to a segment.
    struct Truth {
        var isWritten = false
        var isAccepted = false
        var lastRefusal: CommandStatus?
    }

    struct Message {
        var segments: [Truth]
        var outcomes = 0
    }

    struct Request {
        var message: Int
        var segment: Int
        var writtenAt: MonotonicTime
    }

    private(set) var problems: [String] = []
    private(set) var messages: [Message] = []
    private(set) var accepted = 0
    private(set) var lates = 0
    private(set) var displaced = 0
    /// Written on this connection and not answered by the SMSC.
    private(set) var open: [UInt32: Request] = [:]
    private(set) var answered: [UInt32] = []
    private var live: [MessageKey: Int] = [:]
    /// The late response that the session may tell now.
    private var lateNow: LateResponse?

    var isEmpty: Bool { live.isEmpty }
    var liveCount: Int { live.count }

    mutating func expect(_ condition: Bool, _ problem: @autoclosure () -> String) {
        if !condition { problems.append(problem()) }
    }

    // MARK: Messages

    /// The tag of the message that is submitted next.
    var nextTag: UInt64 { UInt64(messages.count) }

    mutating func admitted(_ admission: CarrierAdmission, segments: Int) {
        guard let key = admission.key else { return }
        expect(live[key] == nil, "gave a key twice")
        expect(!live.keys.contains { $0.index == key.index }, "two messages at one index")
        live[key] = messages.count
        messages.append(Message(segments: Array(repeating: Truth(), count: segments)))
    }

    mutating func wrote(_ write: CarrierWrite, now: MonotonicTime) {
        expect(open[write.sequence] == nil, "a sequence number that is still open")
        guard let message = live[write.message] else {
            problems.append("wrote a message that is gone")
            return
        }
        messages[message].segments[write.segment].isWritten = true
        open[write.sequence] = Request(message: message, segment: write.segment, writtenAt: now)
    }

    /// Whether the segment was written before.
    func wasWritten(_ write: CarrierWrite) -> Bool {
        live[write.message].map { messages[$0].segments[write.segment].isWritten } ?? true
    }

    /// The SMSC answers; to be called before the session hears of it.
    ///
    /// - Parameter isSlotOpen: whether the session still holds the slot.
    mutating func answers(_ sequence: UInt32, _ status: CommandStatus, _ messageID: String, isSlotOpen: Bool) {
        lateNow = nil
        guard let request = open.removeValue(forKey: sequence) else { return }
        answered.append(sequence)
        // What comes after the session gave up changes nothing that it told or will tell.
        guard isSlotOpen, messages[request.message].outcomes == 0 else {
            lateNow = LateResponse(
                tag: UInt64(request.message), segment: request.segment, status: status, messageID: messageID,
                overdueBy: .zero)
            return
        }
        if status == .ok {
            messages[request.message].segments[request.segment].isAccepted = true
        } else {
            messages[request.message].segments[request.segment].lastRefusal = status
        }
    }

    /// The session has heard of the answer.
    ///
    /// - Parameter isKept: whether it must have remembered what it gave up.
    mutating func answerIsHeard(isKept: Bool) {
        expect(lateNow == nil || !isKept, "a late response was not told")
        lateNow = nil
    }

    /// Requests that were encoded and never left.
    mutating func neverLeft(_ sequences: [UInt32]) {
        for sequence in sequences {
            guard let request = open.removeValue(forKey: sequence) else { continue }
            // Written before and refused: then it stays so.
            let isWritten = messages[request.message].segments[request.segment].lastRefusal != nil
            messages[request.message].segments[request.segment].isWritten = isWritten
        }
    }

    mutating func connectionIsGone() {
        open.removeAll()
        answered.removeAll()
    }

    // MARK: Steps

    mutating func perform(_ step: CarrierStep) {
        switch step {
        case .drained:
            break
        case .complete(let key, let outcomes):
            guard let message = leave(key) else { return }
            compare(outcomes, message)
        case .notSent(let key, let refusal):
            guard let message = leave(key) else { return }
            if refusal.reason == .queueFull { displaced += 1 }
            expect(!messages[message].segments.contains { $0.isWritten }, "not sent, but written: \(refusal)")
        case .late(let response, _):
            lates += 1
            guard let expected = lateNow else {
                problems.append("a late response that nobody sent, or twice")
                return
            }
            lateNow = nil
            expect(
                expected.tag == response.tag && expected.segment == response.segment
                    && expected.status == response.status && expected.messageID == response.messageID,
                "another late response")
            expect(response.overdueBy >= .zero, "late before its time")
        }
    }

    private mutating func leave(_ key: MessageKey) -> Int? {
        guard let message = live.removeValue(forKey: key) else {
            problems.append("an outcome for a message that is gone")
            return nil
        }
        messages[message].outcomes += 1
        return message
    }

    private mutating func compare(_ outcomes: [SegmentOutcome], _ message: Int) {
        let truth = messages[message].segments
        expect(outcomes.count == truth.count, "not one outcome per segment")
        expect(truth.contains { $0.isWritten }, "sent, but nothing was written")
        for (outcome, truth) in zip(outcomes, truth) { compare(outcome, truth) }
    }

    private mutating func compare(_ outcome: SegmentOutcome, _ truth: Truth) {
        switch outcome {
        case .accepted:
            expect(truth.isAccepted, "accepted without the carrier")
            accepted += 1
        case .refused(let status):
            expect(!truth.isAccepted && truth.lastRefusal == status, "refused without the carrier")
        case .unknown:
            expect(truth.isWritten && !truth.isAccepted, "unknown, but known")
        case .notSent:
            expect(!truth.isWritten, "segment not sent, but written")
        }
    }

    /// The rules that hold at every moment.
    mutating func check(_ bind: borrowing BindTwin) {
        let limits = bind.session.setup.limits
        let telling = bind.scheduler.telling(of: 0)
        let counters = telling.counters
        let waiting = bind.scheduler.waiting
        let messages = bind.scheduler.messages
        expect(telling.open <= limits.window, "window exceeded")
        expect(telling.open <= open.count, "a slot without a request")
        expect(telling.open == bind.scheduler.open, "open requests miscounted")
        expect(telling.missing <= limits.late, "too many late responses are waited for")
        expect(messages == live.count, "messages miscounted")
        // Retries may come on top of what waits.
        expect((0...(limits.waiting + limits.window)).contains(waiting), "too many wait")
        expect(
            counters.written == counters.accepted + counters.refused + counters.unknown + UInt64(telling.open),
            "segments miscounted")
        let state = bind.session.state
        if !state.isConnected {
            expect(messages == 0 && waiting == 0 && telling.open == 0, "traffic without a connection")
            expect(telling.missing == 0, "late responses without a connection")
            expect(bind.session.isSuspect == false, "suspect without a connection")
        }
        expect(bind.session.history.count <= 20, "too long a history")
        expect(state == .idle || bind.session.history.last?.state == state.name, "a change without a trace")
        let deadline = bind.session.nextDeadline
        switch state {
        case .idle, .stopped: break
        case .connecting, .binding, .bound, .draining, .dismissed, .unbinding, .waiting:
            expect(deadline != nil, "no deadline in \(state)")
        }
    }
}
