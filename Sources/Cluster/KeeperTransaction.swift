/// What a keeper asks of PostgreSQL at once: one transaction, in one pipeline.
///
/// It begins with the beat, `UPDATE node SET beat = beat + 1 WHERE run = $run AND NOT fenced` (behind the `INSERT` of
/// a node that joins). Where that meets no row all is rolled back and the answer is `fenced`. The changes follow; one
/// whose conditions are not met changes nothing. It ends with reading both tables, without fenced nodes.
package struct KeeperTransaction: Hashable, Sendable {
    /// For the answer.
    package var id: UInt64
    package var run: String
    package var changes: [KeeperChange]

    package init(id: UInt64, run: String, changes: [KeeperChange]) {
        self.id = id
        self.run = run
        self.changes = changes
    }
}

/// A change in a transaction of the run `me`.
package enum KeeperChange: Hashable, Sendable {
    /// `INSERT` of the own row, before the beat; nothing where it is there.
    case join([String: CarrierContract])
    /// The own row says this from now on.
    case describe([String: CarrierContract], isLeaving: Bool)
    /// `SET fenced WHERE run = dead AND beat = seen AND NOT fenced`; where that met a row, `SET owner = me, epoch =
    /// epoch + 1, ready = false WHERE owner = dead` for these carriers, and for others `owner = null, share = 0`.
    case takeOver(run: String, beat: Int64, carriers: [String])
    /// `INSERT` of the rows of a carrier from 0 that are not there.
    case open(carrier: String, slots: Int)
    /// `SET owner = me, epoch = epoch + 1, ready = false, share = …  WHERE epoch = seen AND (owner IS NULL OR owner =
    /// me)`. The share is what is asked for, as far as all of the carrier together stay at `most`; its rows are locked.
    case take(SlotKey, epoch: Int64, share: Int, most: Int)
    /// `SET share, epoch = epoch + 1 WHERE owner = me AND epoch = seen`, and for a larger one: where all of the carrier
    /// together stay at `most`; its rows are locked.
    case share(SlotKey, epoch: Int64, share: Int, most: Int)
    /// `SET ready WHERE owner = me AND epoch = seen`.
    case ready(SlotKey, epoch: Int64, Bool)
    /// `SET owner = null, epoch = epoch + 1, share = 0, ready = false, avoided = … WHERE owner = me AND epoch = seen`.
    case release(SlotKey, epoch: Int64, isAvoided: Bool)
    /// `SET fenced` of the own row: this run is over.
    case depart
}

/// What became of a transaction, as far as its answer came.
package enum KeeperAnswer: Hashable, Sendable {
    case committed(ClusterSnapshot)
    /// The own row is fenced, or gone: rolled back.
    case fenced
    /// An error, which may stand for a commit: doubt.
    case failed
}
