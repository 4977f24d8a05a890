extension SimulatorStatistics {
    /// A counter as the status page shows it.
    struct Counter {
        let name: String
        /// One sentence without its full stop.
        let help: String
        var isGauge = false
        let path: WritableKeyPath<SimulatorStatistics, Int>
    }

    /// Every counter that adds up over the event loops.
    static var counters: [Counter] {
        connectionCounters + messageCounters + otherCounters
            + deliveryCounters("receipts", "Receipts", \.receipts)
            + deliveryCounters("run_receipts", "Receipts of messages that came after the last POST /run", \.runReceipts)
            + deliveryCounters("inbound", "Inbound messages", \.inbound)
    }

    private static var connectionCounters: [Counter] {
        [
            Counter(name: "connections", help: "Connections taken", path: \.connections),
            Counter(name: "open_connections", help: "Connections open now", isGauge: true, path: \.openConnections),
            Counter(name: "binds", help: "Binds taken", path: \.binds),
            Counter(name: "refused_binds", help: "Binds refused", path: \.refusedBinds),
            Counter(
                name: "excess_binds", help: "Binds refused for the limit of binds, also in refused_binds",
                path: \.excessBinds),
            Counter(name: "silent_binds", help: "Binds ended because their peers were silent", path: \.silentBinds),
            Counter(name: "open_binds", help: "Binds open now", isGauge: true, path: \.openBinds),
            Counter(name: "unbinds", help: "Unbinds that peers sent", path: \.unbinds),
            Counter(name: "enquire_links", help: "enquire_links that peers sent", path: \.enquireLinks),
            Counter(name: "broken_pdus", help: "PDUs answered with generic_nack", path: \.brokenPDUs),
            Counter(
                name: "broken_streams", help: "Connections closed because their octets were not SMPP",
                path: \.brokenStreams),
        ]
    }

    private static var messageCounters: [Counter] {
        [
            Counter(name: "submits", help: "submit_sms received", path: \.submits),
            Counter(name: "data_messages", help: "data_sms received", path: \.dataMessages),
            Counter(name: "accepted", help: "Messages answered with status 0", path: \.accepted),
            Counter(name: "refused", help: "Messages answered with another status", path: \.refused),
            Counter(name: "unanswered", help: "Messages taken and never answered, by a fault", path: \.unanswered),
            Counter(name: "throttled", help: "Messages refused for the rate limit", path: \.throttled),
            Counter(name: "window_exceeded", help: "Messages refused for the window limit", path: \.windowExceeded),
        ]
    }

    private static var otherCounters: [Counter] {
        [
            Counter(name: "queries", help: "query_sms received", path: \.queries),
            Counter(name: "cancels", help: "cancel_sms received", path: \.cancels),
            Counter(name: "habits_played", help: "Habits of the scenario played", path: \.habitsPlayed),
            Counter(name: "habits_kept", help: "Habits after which the peer did what it must", path: \.habitsKept),
            Counter(name: "habits_broken", help: "Habits after which the peer did not", path: \.habitsBroken),
        ]
    }

    private static func deliveryCounters(
        _ name: String, _ words: String, _ counts: WritableKeyPath<SimulatorStatistics, DeliveryCounts>
    ) -> [Counter] {
        [
            Counter(
                name: "\(name)_sent", help: "\(words) sent, repeats included", path: counts.appending(path: \.sent)),
            Counter(name: "\(name)_repeated", help: "\(words) sent again", path: counts.appending(path: \.repeated)),
            Counter(
                name: "\(name)_acknowledged", help: "\(words) answered with status 0",
                path: counts.appending(path: \.acknowledged)),
            Counter(
                name: "\(name)_refused", help: "\(words) answered with another status",
                path: counts.appending(path: \.refused)),
            Counter(name: "\(name)_dropped", help: "\(words) given up", path: counts.appending(path: \.dropped)),
            Counter(
                name: "\(name)_waiting", help: "\(words) neither acknowledged nor given up", isGauge: true,
                path: counts.appending(path: \.waiting)),
        ]
    }
}
