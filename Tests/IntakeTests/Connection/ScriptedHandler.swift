import Intake
import NIOCore
import SMPP
import Synchronization

/// A handler that keeps requests until the test answers them, or answers by itself. It knows the rules: what it is asked to answer
/// must have been asked.
final class ScriptedHandler: Sendable {
    private struct Waiting {
        var request: SMSRequest
        var reply: @Sendable (IntakeReply) -> Void
    }

    private let waiting = Mutex<[Waiting]>([])
    private let seen = Mutex<[SMSRequest]>([])
    /// What every request is answered with at once; nil = the test answers.
    let automatic: IntakeReply?

    init(automatic: IntakeReply? = nil) {
        self.automatic = automatic
    }

    /// All requests so far.
    var requests: [SMSRequest] { seen.withLock { $0 } }

    var handler: MessageHandler {
        { request, reply in
            self.seen.withLock { $0.append(request) }
            if let automatic = self.automatic { return reply(automatic) }
            self.waiting.withLock { $0.append(Waiting(request: request, reply: reply)) }
        }
    }

    /// Answers the request with this text; keeps the closure, so that it can be answered twice.
    func answer(_ text: String, _ reply: IntakeReply) {
        guard let found = waiting.withLock({ $0.first { $0.request.text == text } }) else {
            preconditionFailure("nobody asked \(text)")
        }
        found.reply(reply)
    }

    static let accepted = IntakeReply.accepted(segments: 1, carrierIDs: ["c1"], language: .ru)
}
