import Cluster
import HTTPService
import Logging
import NIOCore
import NIOPosix
import SMPP
import TLS

/// The connections of one loop to one peer, and the forms on them and before them. It does what `PeerQueue` decides. Confined to its loop.
final class PeerLinks {
    /// What all peers of a loop have in common.
    struct Setup {
        var eventLoop: any EventLoop
        var rules: PassingRules
        /// Of this loop.
        var limits: PeerQueue.Limits
        /// Of reports.
        var path: String
        var idleTimeout: TimeAmount
        var logger: Logger
    }

    private let peer: Peer
    private let url: HTTPURL
    private let setup: Setup
    private var queue: PeerQueue
    private var links: [Int: NodeLink] = [:]
    /// Those that wait, and those that have left.
    private var passages: [UInt64: Passage] = [:]
    /// Those that have left, by their links.
    private var formOfLink: [Int: UInt64] = [:]
    private var lastForm: UInt64 = 0
    private let budget = LogBudget(lines: 1)
    /// The peer does not take it, and it has not left.
    private let refused: (Passage) -> Void

    /// - Parameter refused: called for each form that the peer could not be given.
    /// - Returns: nil where the peer's address is none.
    init?(_ peer: Peer, _ setup: Setup, refused: @escaping (Passage) -> Void) {
        guard let url = HTTPURL(peer.address), url.scheme == .https else { return nil }
        self.peer = peer
        self.url = url
        self.setup = setup
        self.refused = refused
        queue = PeerQueue(setup.limits)
    }

    private var now: Duration { .nanoseconds(Int64(clamping: setup.eventLoop.now.uptimeNanoseconds)) }

    /// Whether it can be forgotten.
    var isEmpty: Bool { queue.isEmpty }

    /// Takes a form; it is sent when a connection has room for it.
    func take(_ passage: Passage) {
        queue.reinstate()
        lastForm += 1
        let form = lastForm
        passages[form] = passage
        wait(for: form, until: passage.deadline - TimeAmount(PassingTime.margin + PassingTime.least))
        run(queue.add(form, now: now))
    }

    /// The peer takes no more forms; those that have left are waited for.
    func retire() {
        run(queue.retire())
    }

    /// Ends all connections. What is under way is lost.
    func close() {
        retire()
        for link in links.values { link.close() }
    }

    private func run(_ actions: [PeerQueue.Action]) {
        for action in actions {
            switch action {
            case .connect(let link): connect(link)
            case .send(let form, let link): send(form, over: link)
            case .refuse(let form): if let passage = passages.removeValue(forKey: form) { refused(passage) }
            case .close(let link): links[link]?.close()
            }
        }
    }

    private func send(_ form: UInt64, over link: Int) {
        guard let passage = passages[form], let connection = links[link],
            let milliseconds = PassingTime.milliseconds(
                of: .nanoseconds((passage.deadline - setup.eventLoop.now).nanoseconds))
        else {
            passages.removeValue(forKey: form)?.end(.kept)
            return run(queue.freed(link))
        }
        formOfLink[link] = form
        passage.link = connection
        wait(for: form, until: passage.deadline)
        connection.send(passage.form, milliseconds: milliseconds)
    }

    private func wait(for form: UInt64, until deadline: NIODeadline) {
        passages[form]?.timer?.cancel()
        passages[form]?.timer = setup.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            expire(form)
        }
    }

    /// A form's time is over: what has left is lost with its link, whose next reply would be another form's.
    private func expire(_ form: UInt64) {
        guard let passage = passages[form] else { return }
        if let link = passage.link {
            link.close()
        } else {
            passages[form] = nil
            queue.remove(form)
            passage.end(.kept)
        }
    }

    // MARK: Links

    private func connect(_ number: Int) {
        let link = NodeLink(
            number, host: url.authority, path: setup.path, idleTimeout: setup.idleTimeout, eventLoop: setup.eventLoop
        ) { [weak self] in self?.heard($0, of: number) }
        links[number] = link
        let (tls, logger) = (setup.rules.tls, setup.logger)
        // Certificates are read anew where their files have changed: not on an event loop.
        let refreshed = NIOThreadPool.singleton.runIfActive(eventLoop: setup.eventLoop) {
            do throws(TLSError) {
                guard try tls.reloadIfChanged() else { return }
                logger.notice("the node's certificates were read anew")
            } catch {
                logger.warning("the node's certificates cannot be read anew", metadata: ["problem": "\(error)"])
            }
        }
        refreshed.assumeIsolated().whenComplete { [self] _ in
            link.connect(to: url.host, port: url.port, tls: tls, timeout: setup.rules.connectWithin)
        }
    }

    private func heard(_ event: NodeLink.Event, of link: Int) {
        switch event {
        case .opened: run(queue.opened(link))
        case .answered(let reply):
            let passage = formOfLink.removeValue(forKey: link).flatMap { passages.removeValue(forKey: $0) }
            // A link that closes takes nothing more.
            if !reply.closes { run(queue.freed(link)) }
            passage?.end(.answered(reply, by: peer.name))
        case .closed(let error):
            links[link] = nil
            let passage = formOfLink.removeValue(forKey: link).flatMap { passages.removeValue(forKey: $0) }
            tell(error, hadForm: passage != nil)
            run(queue.closed(link, now: now))
            passage?.end(.lost(by: peer.name))
        }
    }

    private func tell(_ error: any Error, hadForm: Bool) {
        if error is NodeLink.Ended, !hadForm { return }
        // The end of a connection that has nothing to do is no news.
        if case ChannelError.eof = error, !hadForm { return }
        guard let more = budget.take(now: setup.eventLoop.now) else { return }
        let words =
            switch error {
            case is NodeLink.Ended: "it did not answer in time"
            case is NodeLink.NoNode: "it is no node of this cluster"
            case is PassedReplyReader.Problem: "what it answered is no reply of a node"
            default: ConnectionWords.of(error)  // of sockets and TLS
            }
        let what =
            hadForm ? "node \(peer.name) has a form and its reply is lost" : "node \(peer.name) cannot be reached"
        setup.logger.warning("\(what): \(words)\(more)", metadata: ["address": "\(peer.address)"])
    }
}
