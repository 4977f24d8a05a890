/// A node's lease on carriers' binds: the whole protocol as a value. Events and the time go in, transactions for
/// PostgreSQL and orders for the binds come out; a shell with a thread and a connection of its own executes them.
///
/// ```
///                      joining ──▶ member ──▶ leaving, stopping ──▶ ended (departed)
///                         └───────────┴───────────────┴── its row is fenced ──▶ ended (fenced)
///
/// the last answered beat is sent                        seen by another node on its connection
/// 0 s ────── 1 s ── 2 s ── … ── 5 s ──────── 6 s ──────── 7 s
/// │ beats without an answer     │ hold ends  │ kill       │ takeOver: fence WHERE beat = seen,
/// │ in 1.5 s: reconnect         │ abort all  │ (SIGKILL)  │ then the slots, in one transaction
///
/// slot:  free ──take──▶ held ──close──▶ closing ──closed──▶ closed ──release──▶ free
///                        │ hold ends, row is another's       (rows change by epoch)
///                        └──────▶ aborting ──closed──▶ (forgotten; the row may still be ours: taken anew)
/// ```
///
/// Why two never write: a beat is answered after it was sent, and seen by others after it was answered or later. The
/// owner counts from sending, the others from seeing, both by their own clock, and 6 s of a clock that is 1 % slow are
/// fewer than 7 s of one that is 1 % fast. A failover that loses rows cuts all connections: who finds himself owner of
/// less lets go at once, and who finds more waits for `quiet`, longer than anybody holds who has not connected since.
/// Shares are lowered here first and in the row then, raised in the row first.
///
/// One run is one keeper. When it has ended the shell may begin another one, with a new run.
package struct Keeper: Sendable {
    enum Link: Hashable, Sendable {
        case down(retryAt: Duration)
        case connecting(since: Duration)
        case up(since: Duration)
    }

    enum Membership: Hashable, Sendable {
        case joining, member, leaving, stopping, ended
    }

    /// The transaction that is to be answered.
    struct Pending: Sendable {
        var transaction: KeeperTransaction
        var sentAt: Duration
        /// The slots that it takes, with the epochs that they have then.
        var taken: [SlotKey: Int64]
    }

    /// A slot that has, or may have, a socket of ours.
    struct Slot: Sendable {
        enum Stage: Hashable, Sendable {
            case held, closing, aborting
            /// To be released in its row.
            case closed
        }

        var stage = Stage.held
        var epoch: Int64
        var share: Int
        var isReady = false
        /// Since when the carrier has not been reached.
        var unreachableSince: Duration?
        /// It goes because the carrier was not reached.
        var isGivenUp = false
    }

    package let run: String
    let times: KeeperTimes
    var contracts: [String: CarrierContract]
    var link: Link
    var membership = Membership.joining
    var pending: Pending?
    var lastSent: Duration?
    /// When the hold ends; nil where there is none.
    package internal(set) var heldUntil: Duration?
    var slots: [SlotKey: Slot] = [:]
    /// Both tables as last seen on this connection.
    package internal(set) var snapshot: ClusterSnapshot?
    /// What of them is seen since when, on this connection.
    var sightings = ClusterSightings()
    /// Who is avoided until when, by carrier.
    var avoided: [String: [String: Duration]] = [:]
    /// The slot that was released last in leaving, and when.
    var lastReleased: (key: SlotKey, at: Duration)?
    var actions: [KeeperAction] = []
    private var lastID: UInt64 = 0

    /// - Parameters:
    ///   - run: of this life, never used before.
    ///   - contracts: what the carriers' files say, by carrier.
    ///   - now: the first event's time or earlier.
    package init(
        run: String, contracts: [String: CarrierContract], times: KeeperTimes = KeeperTimes(), now: Duration
    ) {
        self.run = run
        self.contracts = contracts
        self.times = times
        link = .down(retryAt: now)
    }

    /// Whether a PDU may be written for the slot.
    package func maySend(_ key: SlotKey, now: Duration) -> Bool {
        guard let slot = slots[key], let heldUntil, now < heldUntil else { return false }
        return slot.stage == .held || slot.stage == .closing
    }

    /// When `handle(.time)` is due at the latest, without another event; nil after the end.
    package var nextDeadline: Duration? {
        guard membership != .ended else { return nil }
        var deadline: Duration
        switch link {
        case .down(let retryAt): deadline = retryAt
        case .connecting(let since): deadline = since + times.connect
        case .up:
            if let pending {
                deadline = pending.sentAt + times.answer
            } else {
                let last = lastSent ?? .zero
                deadline = last + times.beat
                if membership == .member, let dead = sightings.firstDeath(after: times.take) {
                    deadline = min(deadline, max(dead, last + times.gap))
                }
            }
        }
        if let heldUntil, slots.values.contains(where: { $0.stage != .closed }) { deadline = min(deadline, heldUntil) }
        return deadline
    }

    /// What an event means now, in this order.
    ///
    /// - Parameter now: never less than before.
    package mutating func handle(_ event: KeeperEvent, now: Duration) -> [KeeperAction] {
        // What is too late is so before the event is looked at: a process may have been stopped.
        keepTime(now)
        switch event {
        case .connected: connected(now)
        case .disconnected: if link != .down(retryAt: now) { dropLink(now) }
        case .answered(let id, let answer): answered(id, answer, now)
        case .reach(let key, let reach): reached(key, reach, now)
        case .closed(let key): closed(key)
        case .contracts(let contracts): self.contracts = contracts
        case .leave: if membership == .joining || membership == .member { membership = .leaving }
        case .stop: if membership != .ended { membership = .stopping }
        case .time: break
        }
        if membership != .ended {
            giveAway(now)
            sendIfDue(now)
        }
        defer { actions = [] }
        return actions
    }

    private mutating func keepTime(_ now: Duration) {
        if let heldUntil, now >= heldUntil {
            self.heldUntil = nil
            abortAll()
        }
        guard membership != .ended else { return }
        switch link {
        case .down(let retryAt):
            guard now >= retryAt else { break }
            link = .connecting(since: now)
            actions.append(.connect)
        case .connecting(let since):
            if now >= since + times.connect { disconnect(now) }
        case .up:
            if let pending, now >= pending.sentAt + times.answer { disconnect(now) }
        }
    }

    private mutating func connected(_ now: Duration) {
        guard case .connecting = link else { return }
        link = .up(since: now)
    }

    /// Doubt about what a connection did ends with the connection.
    mutating func disconnect(_ now: Duration) {
        actions.append(.disconnect)
        dropLink(now)
    }

    private mutating func dropLink(_ now: Duration) {
        link = .down(retryAt: now + times.reconnect)
        pending = nil
        snapshot = nil
        sightings = ClusterSightings()
    }

    /// Whether nothing may be taken or raised.
    func isQuiet(_ now: Duration) -> Bool {
        guard case .up(let since) = link else { return true }
        return now < since + times.quiet
    }

    private mutating func sendIfDue(_ now: Duration) {
        guard case .up = link, pending == nil else { return }
        let last = lastSent ?? .zero - times.beat
        guard now >= last + times.gap else { return }
        let changes = dueChanges(now)
        guard now >= last + times.beat || !changes.isEmpty else { return }
        lastID += 1
        let transaction = KeeperTransaction(id: lastID, run: run, changes: changes)
        pending = Pending(transaction: transaction, sentAt: now, taken: slotsTaken(by: changes))
        lastSent = now
        actions.append(.send(transaction))
    }

    // MARK: Sockets

    mutating func abort(_ key: SlotKey) {
        guard let stage = slots[key]?.stage, stage != .aborting else { return }
        if stage == .closed {
            slots[key] = nil
        } else {
            slots[key]?.stage = .aborting
            actions.append(.abort(key))
        }
    }

    mutating func abortAll() {
        for key in slots.keys.sorted() { abort(key) }
    }

    private mutating func closed(_ key: SlotKey) {
        switch slots[key]?.stage {
        case .closing: slots[key]?.stage = .closed
        case .aborting, .held: slots[key] = nil
        case .closed, nil: return
        }
        if slots.values.allSatisfy({ $0.stage == .closed }) { actions.append(.kill(at: nil)) }
    }

    private mutating func reached(_ key: SlotKey, _ reach: SlotReach, _ now: Duration) {
        guard var slot = slots[key] else { return }
        slot.isReady = reach == .bound
        slot.unreachableSince = reach == .unreachable ? slot.unreachableSince ?? now : nil
        slots[key] = slot
    }

    mutating func end(_ reason: KeeperEnd) {
        membership = .ended
        heldUntil = nil
        pending = nil
        abortAll()
        actions.append(.ended(reason))
    }
}
