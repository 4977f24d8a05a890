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
    private(set) var moved = 0
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

    mutating func admitted(_ admission: SubmitAdmission, segments: Int) {
        guard let key = admission.key else { return }
        expect(live[key] == nil, "gave a key twice")
        if let loser = admission.displaced {
            displaced += 1
            expect(loser.index != key.index, "two messages at one index")
            if let message = leave(loser) {
                expect(!messages[message].segments.contains { $0.isWritten }, "displaced what was written")
            }
        }
        live[key] = messages.count
        messages.append(Message(segments: Array(repeating: Truth(), count: segments)))
    }

    mutating func wrote(_ write: SubmitWrite, now: MonotonicTime) {
        expect(open[write.sequence] == nil, "a sequence number that is still open")
        guard let message = live[write.message] else {
            problems.append("wrote a message that is gone")
            return
        }
        messages[message].segments[write.segment].isWritten = true
        open[write.sequence] = Request(message: message, segment: write.segment, writtenAt: now)
    }

    /// Whether the segment was written before.
    func wasWritten(_ write: SubmitWrite) -> Bool {
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

    mutating func connectionIsGone() {
        open.removeAll()
        answered.removeAll()
    }

    // MARK: Steps

    mutating func perform(_ step: SubmitStep) {
        switch step {
        case .nothing:
            break
        case .complete(let key, let result):
            guard let message = leave(key) else { return }
            compare(result, message)
        case .move(let key, let carried):
            guard let message = leave(key) else { return }
            moved += 1
            let truth = messages[message].segments
            expect(!truth.contains { $0.isAccepted }, "moves what was accepted")
            expect((carried != nil) == truth.contains { $0.isWritten }, "moves without the truth")
        case .late(let response):
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

    private mutating func compare(_ result: SubmissionResult, _ message: Int) {
        let truth = messages[message].segments
        switch result {
        case .notSent:
            expect(!truth.contains { $0.isWritten }, "not sent, but written")
        case .sent(let outcomes):
            expect(outcomes.count == truth.count, "not one outcome per segment")
            expect(truth.contains { $0.isWritten }, "sent, but nothing was written")
            for (outcome, truth) in zip(outcomes, truth) { compare(outcome, truth) }
        }
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
    mutating func check(_ session: borrowing BindSession) {
        let traffic = session.traffic
        let counters = traffic.counters
        expect(traffic.window.count <= session.setup.limits.window, "window exceeded")
        expect(traffic.window.count <= open.count, "a slot without a request")
        expect(traffic.window.missing <= session.setup.limits.late, "too many late responses are waited for")
        expect(traffic.messages == live.count, "messages miscounted")
        // Retries may come on top of what waits.
        expect(
            (0...(session.setup.limits.waiting + session.setup.limits.window)).contains(traffic.waiting),
            "too many wait")
        expect(
            counters.written
                == counters.accepted + counters.refused + counters.unknown + UInt64(traffic.window.count),
            "segments miscounted")
        if !session.state.isConnected {
            expect(traffic.isEmpty && traffic.waiting == 0, "traffic without a connection")
            expect(traffic.window.missing == 0, "late responses without a connection")
            expect(!session.isSuspect, "suspect without a connection")
        }
        expect(session.history.count <= 20, "too long a history")
        expect(session.state == .idle || session.history.last?.state == session.state.name, "a change without a trace")
        switch session.state {
        case .idle, .stopped: break
        case .connecting, .binding, .bound, .draining, .unbinding, .waiting:
            expect(session.nextDeadline != nil, "no deadline in \(session.state)")
        }
    }
}
