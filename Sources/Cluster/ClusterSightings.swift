/// Since when what one connection shows has been so, by the own clock.
struct ClusterSightings: Sendable {
    private var beats: [String: (beat: Int64, since: Duration)] = [:]
    private var owners: [SlotKey: (owner: String?, since: Duration)] = [:]
    private var moves: [String: Duration] = [:]
    private var joins: [String: Duration] = [:]

    /// - Parameter run: the own one, which is not watched.
    mutating func see(_ snapshot: ClusterSnapshot, except run: String, _ now: Duration) {
        var seen: [String: (beat: Int64, since: Duration)] = [:]
        for node in snapshot.nodes where node.run != run {
            let before = beats[node.run]
            seen[node.run] = before?.beat == node.beat ? before : (node.beat, now)
        }
        beats = seen
        joins = seen.mapValues { _ in now }.merging(joins.filter { seen[$0.key] != nil }) { $1 }
        for row in snapshot.slots {
            if let before = owners[row.key], before.owner == row.owner { continue }
            owners[row.key] = (row.owner, now)
            moves[row.key.carrier] = now
        }
    }

    /// Who has shown one beat for so long, in the order of their runs.
    func dead(for time: Duration, _ now: Duration) -> [(run: String, beat: Int64)] {
        beats.filter { now >= $1.since + time }.map { ($0, $1.beat) }.sorted { $0.0 < $1.0 }
    }

    /// Whether all others have been seen for so long, and each with a new beat within `lively`.
    func areSettled(for time: Duration, lively: Duration, _ now: Duration) -> Bool {
        joins.values.allSatisfy { now >= $0 + time } && beats.values.allSatisfy { now < $0.since + lively }
    }

    /// When the next will have.
    func firstDeath(after time: Duration) -> Duration? {
        beats.values.map { $0.since + time }.min()
    }

    /// How long a slot has had its owner, or none.
    func age(of key: SlotKey, _ now: Duration) -> Duration {
        owners[key].map { now - $0.since } ?? .zero
    }

    /// When a slot of the carrier last got another owner, or was first seen.
    func lastMove(of carrier: String) -> Duration? { moves[carrier] }
}
