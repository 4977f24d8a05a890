import Delivery
import Journal
import Logging
import Messaging
import NIOPosix

extension BridgeJournal {
    /// Whose chats the answers are to what earlier processes sent. Before the first subscriber's message can come; the journal is asked on
    /// a thread that may block.
    func learnConversations(logger: Logger) async {
        guard let longest = postings.desk.longestConversation else { return }
        let now = JournalClock.now()
        let since = now - min(now, longest)
        let result: Result<[SentMessage], JournalProblem>? = try? await NIOThreadPool.singleton.runIfActive {
            [reader, conversations] in
            Result { () throws(JournalProblem) in try reader.sentMessages(since: since, limit: conversations) }
        }
        switch result {
        case .success(let messages): postings.desk.restore(messages)
        case .failure(let problem):
            logger.warning(
                "whose chats the answers to earlier messages belong to is not known: the journal cannot be read",
                metadata: ["problem": "\(problem)"])
        case nil: break
        }
    }
}
