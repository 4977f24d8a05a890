/// What happens to a keeper.
package enum KeeperEvent: Hashable, Sendable {
    /// PostgreSQL is connected, after `KeeperAction.connect`.
    case connected
    /// The connection is gone or was not made.
    case disconnected
    /// To the transaction with this id, on the connection that it was sent on. Nothing comes from one that was left.
    case answered(UInt64, KeeperAnswer)
    /// The bind of a slot is there, or is not.
    case reach(SlotKey, SlotReach)
    /// The slot's socket is closed, after `close` or `abort`.
    case closed(SlotKey)
    /// The files of the carriers have changed: all of them.
    case contracts([String: CarrierContract])
    /// Slots go one by one, each bound elsewhere before the next; then the run ends.
    case leave
    /// Slots go at once; then the run ends.
    case stop
    /// It is `nextDeadline`.
    case time
}

/// How far a slot's bind is.
package enum SlotReach: Hashable, Sendable {
    case bound
    /// The carrier answers and does not take the bind, as 0x05 while it still counts a dead one.
    case refused
    /// No connection, or no answer.
    case unreachable
}

/// What a keeper wants done, at once and in this order.
package enum KeeperAction: Hashable, Sendable {
    /// Connect to PostgreSQL; `connected` or `disconnected` follows.
    case connect
    /// Leave the connection as it is: nothing that was under way on it is answered any more.
    case disconnect
    case send(KeeperTransaction)
    /// Nothing goes to carriers' sockets from then on, unless a later one comes.
    case hold(until: Duration)
    /// A timer of the kernel ends the process then; nil ends the timer.
    case kill(at: Duration?)
    /// The slot is ours: bind, and send from then on so many messages per second.
    case take(SlotKey, share: Int, from: Duration)
    /// Its share changes then.
    case pace(SlotKey, share: Int, from: Duration)
    /// Open answers, unbind, close; `closed` follows.
    case close(SlotKey)
    /// RST at once; `closed` follows.
    case abort(SlotKey)
    /// Nothing more is sent. Slots that are not closed are being aborted.
    case ended(KeeperEnd)
}

/// Why a run is over.
package enum KeeperEnd: Hashable, Sendable {
    /// Others have taken what it had.
    case fenced
    /// It has released all.
    case departed
}
