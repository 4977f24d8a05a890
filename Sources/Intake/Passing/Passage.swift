import Cluster
import NIOCore

/// A form that other nodes are asked to take, one after the other, until it has left for one of them. Confined to its loop.
final class Passage {
    /// How it ended.
    enum End {
        /// By the node of this name.
        case answered(PassedReply, by: String)
        /// It left for that node, and no reply came: nobody knows what became of it.
        case lost(by: String)
        /// It has not left.
        case kept
    }

    let form: FormToPass
    /// Whose it says it is.
    let account: AccountEntry
    /// When it must be answered here.
    let deadline: NIODeadline
    /// Who has not been asked, in their order.
    var peers: ArraySlice<Peer>
    /// When waiting, or the link, is of no use any more.
    var timer: Scheduled<Void>?
    /// What it left over.
    weak var link: NodeLink?
    /// What it was answered with.
    private(set) var answer: (reply: PassedReply, node: String)?
    /// Called once with the end.
    var then: ((End) -> Void)?

    init(_ form: FormToPass, account: AccountEntry, deadline: NIODeadline, peers: [Peer]) {
        self.form = form
        self.account = account
        self.deadline = deadline
        self.peers = peers[...]
    }

    /// Tells the end, once.
    func end(_ end: End) {
        timer?.cancel()
        timer = nil
        if case .answered(let reply, let node) = end { answer = (reply, node) }
        guard let then else { return }
        self.then = nil
        then(end)
    }

    /// The client has taken the reply. Its node hears of it: until then it has the message answered to nobody.
    func delivered() {
        guard let id = answer?.reply.id else { return }
        link?.report(id)
    }
}
