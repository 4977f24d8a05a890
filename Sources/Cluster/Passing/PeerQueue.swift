/// Which connection to a peer takes which form: a bounded number of connections, each with one form at a time, and a bounded queue.
///
/// ```
/// link:  connecting ──opened──▶ busy or idle ──▶ (closed)
///             └──failed──▶ (gone)
/// form:  waiting ──send──▶ (its link's)
///           └──refuse──▶ (it has not left: another peer may have it)
/// ```
package struct PeerQueue: Sendable {
    /// The bounds of one peer.
    package struct Limits: Hashable, Sendable {
        /// Connections at one time, at least 1.
        package var connections: Int
        /// Forms that wait for one.
        package var queue: Int
        /// After a connection that did not come about no other is tried for so long.
        package var pause: Duration

        package init(connections: Int, queue: Int, pause: Duration = .seconds(1)) {
            self.connections = connections
            self.queue = queue
            self.pause = pause
        }
    }

    /// What is to be done; links and forms by their numbers.
    package enum Action: Hashable, Sendable {
        case connect(link: Int)
        case send(form: UInt64, link: Int)
        case refuse(form: UInt64)
        case close(link: Int)
    }

    private let limits: Limits
    private var waiting: [UInt64] = []
    private var connecting: Set<Int> = []
    private var busy: Set<Int> = []
    /// The one that was used last is used next, so that those that are too many become old.
    private var idle: [Int] = []
    private var lastLink = 0
    private var pausedUntil: Duration?
    private var isRetired = false

    package init(_ limits: Limits) {
        self.limits = limits
    }

    /// Nothing is connected, nor about to be.
    package var isEmpty: Bool { connecting.isEmpty && busy.isEmpty && idle.isEmpty }

    /// A form wants to go.
    ///
    /// - Parameter now: never less than before.
    package mutating func add(_ form: UInt64, now: Duration) -> [Action] {
        guard !isRetired else { return [.refuse(form: form)] }
        if let link = idle.popLast() {
            busy.insert(link)
            return [.send(form: form, link: link)]
        }
        guard waiting.count < limits.queue else { return [.refuse(form: form)] }
        waiting.append(form)
        return connect(now)
    }

    /// A form that waits will not go any more: its time is over. One that has been sent is not known here.
    package mutating func remove(_ form: UInt64) {
        waiting.removeAll { $0 == form }
    }

    /// A link can be used.
    package mutating func opened(_ link: Int) -> [Action] {
        guard connecting.remove(link) != nil else { return [] }
        pausedUntil = nil
        return serve(link)
    }

    /// A link's form is answered.
    package mutating func freed(_ link: Int) -> [Action] {
        busy.remove(link) == nil ? [] : serve(link)
    }

    /// A link has ended, or did not come about. What it had is no concern of this queue.
    package mutating func closed(_ link: Int, now: Duration) -> [Action] {
        if connecting.remove(link) != nil { pausedUntil = now + limits.pause }
        busy.remove(link)
        idle.removeAll { $0 == link }
        return connect(now)
    }

    /// The peer takes no forms any more: links end when they have no form.
    package mutating func retire() -> [Action] {
        isRetired = true
        defer { (waiting, idle) = ([], []) }
        return waiting.map { .refuse(form: $0) } + idle.map { .close(link: $0) }
    }

    /// It takes forms again.
    package mutating func reinstate() {
        isRetired = false
    }

    private mutating func serve(_ link: Int) -> [Action] {
        guard !isRetired else { return [.close(link: link)] }
        guard !waiting.isEmpty else {
            idle.append(link)
            return []
        }
        busy.insert(link)
        return [.send(form: waiting.removeFirst(), link: link)]
    }

    /// Connects where that is of use and allowed; refuses what waits where nothing is there and nothing comes.
    private mutating func connect(_ now: Duration) -> [Action] {
        guard !waiting.isEmpty else { return [] }
        if let pausedUntil, now < pausedUntil {
            guard isEmpty else { return [] }
            defer { waiting = [] }
            return waiting.map { .refuse(form: $0) }
        }
        guard connecting.count < waiting.count,
            connecting.count + busy.count + idle.count < limits.connections
        else { return [] }
        lastLink += 1
        connecting.insert(lastLink)
        return [.connect(link: lastLink)]
    }
}
