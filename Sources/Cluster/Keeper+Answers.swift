extension Keeper {
    /// What the database says to the transaction that waits.
    mutating func answered(_ id: UInt64, _ answer: KeeperAnswer, _ now: Duration) {
        guard let pending, pending.transaction.id == id else { return }
        self.pending = nil
        switch answer {
        case .failed: disconnect(now)
        case .fenced: end(.fenced)
        case .committed(let snapshot):
            if pending.transaction.changes.contains(.depart) { return end(.departed) }
            if membership == .joining { membership = .member }
            see(snapshot, pending, now)
        }
    }

    private mutating func see(_ snapshot: ClusterSnapshot, _ pending: Pending, _ now: Duration) {
        let until = pending.sentAt + times.hold
        heldUntil = until
        actions.append(.hold(until: until))
        noteAvoided(snapshot, now)
        self.snapshot = snapshot
        sightings.see(snapshot, except: run, now)
        let rows = Dictionary(uniqueKeysWithValues: snapshot.slots.map { ($0.key, $0) })
        for key in slots.keys.sorted() {
            if let row = rows[key], row.owner == run, row.epoch >= slots[key]?.epoch ?? 0 {
                confirm(row, now)
            } else {
                abort(key)
            }
        }
        let won = pending.taken.keys.sorted().compactMap { key in
            rows[key].flatMap { $0.owner == run && $0.epoch == pending.taken[key] ? $0 : nil }
        }
        // What is to be aborted has the time that it had.
        let stages = Set(slots.values.map(\.stage))
        if !stages.contains(.aborting), !won.isEmpty || !stages.subtracting([.closed]).isEmpty {
            actions.append(.kill(at: pending.sentAt + times.kill))
        }
        for row in won { begin(row, now) }
    }

    /// The own row of a slot that this keeper has.
    private mutating func confirm(_ row: SlotRow, _ now: Duration) {
        guard var slot = slots[row.key] else { return }
        slot.epoch = row.epoch
        // Where nobody knows the carrier any more the slot is about to be closed.
        let target = snapshot?.contract(of: row.key.carrier)?.share(of: row.key.index) ?? slot.share
        let allowed = min(row.share, target)
        if allowed < slot.share {
            slot.share = allowed
            actions.append(.pace(row.key, share: allowed, from: now))
        } else if allowed > slot.share, !isQuiet(now) {
            slot.share = allowed
            actions.append(.pace(row.key, share: allowed, from: now + times.firstSend))
        }
        slots[row.key] = slot
    }

    private mutating func begin(_ row: SlotRow, _ now: Duration) {
        guard slots[row.key] == nil else { return }
        let share = min(row.share, contract(of: row.key).share(of: row.key.index))
        slots[row.key] = Slot(epoch: row.epoch, share: share, unreachableSince: now)
        actions.append(.take(row.key, share: share, from: now + times.firstSend))
    }

    /// Who has given a slot up is avoided from when that is seen.
    private mutating func noteAvoided(_ snapshot: ClusterSnapshot, _ now: Duration) {
        for row in snapshot.slots {
            guard let run = row.avoided else { continue }
            let before = self.snapshot?.slots.first { $0.key == row.key }
            if before?.avoided == run, before?.epoch == row.epoch { continue }
            // On a new connection an old one counts anew.
            avoided[row.key.carrier, default: [:]][run] = now + times.avoid
        }
    }

    /// The contract in force for a slot's carrier; one without a share where no node knows the carrier.
    func contract(of key: SlotKey) -> CarrierContract {
        snapshot?.contract(of: key.carrier) ?? CarrierContract(rate: 1, slots: 1)
    }
}
