import Intake
import Journal
import Messaging

extension LoopJournal {
    /// So many characters of a number or a sender that is none are kept.
    private static let kept = 40

    /// Keeps a form that was refused before it was a message, for whoever asks what became of it.
    func note(refused request: SMSRequest, _ answer: IntakeReply) {
        note(
            refused: MessageIntent(
                id: request.id, account: request.entry.account.name, recipient: String(request.to.prefix(Self.kept)),
                sender: String(request.from.prefix(Self.kept)), text: request.text,
                reference: request.chat?.messageID ?? ""),
            OutcomeRecord(
                id: request.id, at: JournalClock.now(), outcome: answer.outcome.rawValue, httpStatus: answer.status,
                code: answer.code?.rawValue, carrier: nil, segments: []))
    }
}
