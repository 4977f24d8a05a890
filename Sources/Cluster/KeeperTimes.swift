/// The times of a lease, by the clock of whoever measures (CLOCK_BOOTTIME). They belong together: see `Keeper`.
package struct KeeperTimes: Hashable, Sendable {
    /// From one beat to the next.
    package var beat = Duration.seconds(1)
    /// A transaction without an answer for so long is given up with its connection.
    package var answer = Duration.milliseconds(1500)
    /// A connection that is not made in so long is given up: time to come to the next host where one is dark.
    package var connect = Duration.seconds(10)
    /// After *sending* the last answered beat nothing more goes to a carrier.
    package var hold = Duration.seconds(5)
    /// After sending the last answered beat the process is killed, if a carrier's socket is still open.
    package var kill = Duration.seconds(6)
    /// Who has shown one beat for so long on one connection is dead.
    package var take = Duration.seconds(7)
    /// After each connect to PostgreSQL nothing is taken or raised: its failover may have lost rows.
    package var quiet = Duration.seconds(7)
    /// A slot sends, and a larger share counts, so long after it was taken: what the last owner sent has left the
    /// sliding second, clocks that drift by 1 % included.
    package var firstSend = Duration.milliseconds(1020)
    /// Slots of a carrier move for a better placement so far apart.
    package var moveGap = Duration.seconds(10)
    /// A node that cannot reach the carrier for so long gives the slot up.
    package var giveUp = Duration.seconds(10)
    /// So long it gets none of that carrier.
    package var avoid = Duration.seconds(60)
    /// A free slot is its next in turn's for so long, then the next but one's, and so on.
    package var patience = Duration.seconds(3)
    /// Between two attempts to connect.
    package var reconnect = Duration.milliseconds(500)
    /// Between two transactions where more than a beat is due.
    package var gap = Duration.milliseconds(200)

    package init() {}
}
