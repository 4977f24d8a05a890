package import Messaging
package import NIOCore
package import SMPP

/// One message for one carrier, on its way through the carrier's lanes. All its segments go over one bind, in order.
///
/// An object: from lane to lane goes one reference. Unchecked `Sendable`: one lane has it at a time, and whoever hands it
/// to another event loop lets go of it; `completion`, which is not `Sendable`, is called on `eventLoop` alone (`finish`), once.
package final class Submission: @unchecked Sendable {
    package let id: MessageID
    /// At least one.
    package let segments: [ShortMessage]
    /// `completion` is called by then: what is unanswered is unknown, what is unwritten is not sent.
    package let deadline: NIODeadline
    package let eventLoop: any EventLoop
    /// Whose it is: accounts get their turns in the carrier's queues. The account's index, 0 to 65,535.
    package let account: Int
    /// Another carrier may take it if this one does not: it is not kept where this one would let it wait for long.
    package let hasNext: Bool
    /// Called exactly once, on `eventLoop`; possibly before `Carrier.submit` returns.
    private let completion: (SubmissionResult) -> Void

    /// How many lanes it was given to before.
    var hops = 0
    /// Another lane of the carrier may take it if this one does not.
    var hasOtherLane = false
    /// What the lane before answered, where its binds were of no use for the message.
    var carried: [SegmentOutcome]?
    /// Since when it waits for a free slot and its turn; nil once a byte of it is written.
    var waitingSince: MonotonicTime?

    package init(
        id: MessageID, segments: [ShortMessage], deadline: NIODeadline, eventLoop: any EventLoop,
        account: Int = 0, hasNext: Bool = false, completion: @escaping (SubmissionResult) -> Void
    ) {
        precondition(!segments.isEmpty, "a message without segments was submitted")
        self.id = id
        self.segments = segments
        self.deadline = deadline
        self.eventLoop = eventLoop
        self.account = account
        self.hasNext = hasNext
        self.completion = completion
    }

    /// Gives the owner the result, on the owner's event loop: at once when this is it, else by one hop.
    func finish(_ result: SubmissionResult) {
        if eventLoop.inEventLoop {
            completion(result)
        } else {
            eventLoop.execute { self.completion(result) }
        }
    }

    /// No lane takes the message (any more).
    func finish(_ refusal: CarrierRefusal) {
        finish(carried.map(SubmissionResult.sent) ?? .notSent(refusal.notSentReason, retryAfter: refusal.retryAfter))
    }
}
