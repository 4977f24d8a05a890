extension Keeper {
    private var row: NodeRow? { snapshot?.nodes.first { $0.run == run } }

    /// Who of a carrier's nodes is to have how many slots.
    private func placement(_ snapshot: ClusterSnapshot, _ carrier: String, _ now: Duration) -> SlotPlacement {
        SlotPlacement(
            snapshot, carrier, slots: snapshot.contract(of: carrier)?.usefulSlots ?? 0,
            avoided: Set((avoided[carrier] ?? [:]).filter { $0.value > now }.keys))
    }

    // MARK: Giving away

    /// Begins to close what this node is not to have.
    mutating func giveAway(_ now: Duration) {
        let held = slots.keys.filter { slots[$0]?.stage == .held }.sorted()
        guard !held.isEmpty else { return }
        if membership == .stopping {
            for key in held { close(key) }
            return
        }
        guard let snapshot else { return }
        for key in held {
            let slots = contracts[key.carrier].flatMap { _ in snapshot.contract(of: key.carrier)?.usefulSlots } ?? 0
            if key.index >= slots {
                close(key)
            } else if isOutOfReach(key, snapshot, now) {
                close(key, isGivenUp: true)
            }
        }
        if membership == .leaving {
            leaveNext(snapshot, now)
        } else if !isQuiet(now), sightings.areSettled(for: times.quiet + times.beat, lively: times.beat * 3, now) {
            // A node that is new takes nothing yet, and one that is dying leaves enough to do.
            for carrier in Set(held.map(\.carrier)).sorted() { rebalance(snapshot, carrier, now) }
        }
    }

    private mutating func close(_ key: SlotKey, isGivenUp: Bool = false) {
        guard slots[key]?.stage == .held else { return }
        slots[key]?.stage = .closing
        slots[key]?.isGivenUp = isGivenUp
        actions.append(.close(key))
    }

    /// Whether another node is to try.
    private func isOutOfReach(_ key: SlotKey, _ snapshot: ClusterSnapshot, _ now: Duration) -> Bool {
        guard let since = slots[key]?.unreachableSince, now >= since + times.giveUp else { return false }
        let able = snapshot.nodes.filter { $0.run != run && !$0.isLeaving && $0.contracts[key.carrier] != nil }
        return able.contains { now >= avoided[key.carrier]?[$0.run] ?? .zero }
    }

    private mutating func leaveNext(_ snapshot: ClusterSnapshot, _ now: Duration) {
        guard !slots.values.contains(where: { $0.stage != .held }), let key = slots.keys.min() else { return }
        if let last = lastReleased, now < last.at + times.moveGap,
            let row = snapshot.slots.first(where: { $0.key == last.key }), row.owner == nil || !row.isReady,
            !placement(snapshot, last.key.carrier, now).eligible.isEmpty
        {
            return
        }
        lastReleased = (key, now)
        close(key)
    }

    /// Gives one slot to a node that lacks one, where the carrier's slots are all in their places for long enough.
    private mutating func rebalance(_ snapshot: ClusterSnapshot, _ carrier: String, _ now: Duration) {
        let rows = snapshot.slots.filter { $0.key.carrier == carrier }
        guard let moved = sightings.lastMove(of: carrier), now >= moved + times.moveGap,
            !slots.contains(where: { $0.key.carrier == carrier && $0.value.stage != .held }),
            placement(snapshot, carrier, now).giver == run,
            rows.allSatisfy({ $0.owner != nil || $0.key.index >= contract(of: $0.key).usefulSlots }),
            let key = slots.keys.filter({ $0.carrier == carrier }).max()
        else { return }
        close(key)
    }

    // MARK: What is due in the tables

    /// All changes that are due now; none is a mere beat.
    func dueChanges(_ now: Duration) -> [KeeperChange] {
        guard membership != .joining else { return [.join(contracts)] }
        guard let snapshot, let row else { return membership == .member ? [] : departure() }
        let isLeaving = membership != .member
        var changes: [KeeperChange] = []
        if row.contracts != contracts || row.isLeaving != isLeaving {
            changes.append(.describe(contracts, isLeaving: isLeaving))
        }
        if !isLeaving {
            for dead in sightings.dead(for: times.take, now) {
                changes.append(.takeOver(run: dead.run, beat: dead.beat, carriers: contracts.keys.sorted()))
            }
            for carrier in contracts.keys.sorted() { changes += openings(snapshot, carrier) }
            if !isQuiet(now) {
                for carrier in contracts.keys.sorted() { changes += takings(snapshot, carrier, now) }
            }
        }
        for own in snapshot.slots where own.owner == run { changes += upkeep(own, now) }
        if isLeaving, changes.isEmpty { changes += departure() }
        return changes
    }

    /// The end, once nothing is left.
    private func departure() -> [KeeperChange] {
        let isMine = snapshot?.slots.contains { $0.owner == run } ?? false
        return slots.isEmpty && !isMine && snapshot != nil ? [.depart] : []
    }

    private func openings(_ snapshot: ClusterSnapshot, _ carrier: String) -> [KeeperChange] {
        let wanted = snapshot.contract(of: carrier)?.usefulSlots ?? 0
        let there = snapshot.slots.count { $0.key.carrier == carrier && $0.key.index < wanted }
        return there < wanted ? [.open(carrier: carrier, slots: wanted)] : []
    }

    /// Slots that nobody has and that are this node's turn, and those that the table says it has.
    private func takings(_ snapshot: ClusterSnapshot, _ carrier: String, _ now: Duration) -> [KeeperChange] {
        guard let contract = snapshot.contract(of: carrier) else { return [] }
        let place = placement(snapshot, carrier, now)
        let rows = snapshot.slots.filter { $0.key.carrier == carrier && $0.key.index < contract.usefulSlots }
        var changes: [KeeperChange] = []
        var free = 0
        for row in rows where slots[row.key] == nil {
            if row.owner == nil {
                let rank = place.takers(ofFree: free).firstIndex(of: run)
                free += 1
                guard let rank, sightings.age(of: row.key, now) >= times.patience * rank else { continue }
            } else if row.owner != run {
                continue
            }
            changes.append(
                .take(row.key, epoch: row.epoch, share: contract.share(of: row.key.index), most: contract.rate))
        }
        return changes
    }

    /// What the row of an own slot lacks.
    private func upkeep(_ row: SlotRow, _ now: Duration) -> [KeeperChange] {
        guard let slot = slots[row.key] else {
            // The table says more than is true: nobody binds it here.
            let isWanted = membership == .member && contracts[row.key.carrier] != nil
            let isUseful = row.key.index < contract(of: row.key).usefulSlots
            return isWanted && isUseful ? [] : [.release(row.key, epoch: row.epoch, isAvoided: false)]
        }
        switch slot.stage {
        case .closed: return [.release(row.key, epoch: slot.epoch, isAvoided: slot.isGivenUp)]
        case .closing, .aborting: return []
        case .held:
            let contract = contract(of: row.key)
            let target = contract.share(of: row.key.index)
            if row.share > target || (row.share < target && !isQuiet(now) && hasRoom(row, target, contract.rate)) {
                return [.share(row.key, epoch: slot.epoch, share: target, most: contract.rate)]
            }
            return row.isReady == slot.isReady ? [] : [.ready(row.key, epoch: slot.epoch, slot.isReady)]
        }
    }

    private func hasRoom(_ row: SlotRow, _ share: Int, _ rate: Int) -> Bool {
        let all = snapshot?.slots.filter { $0.key.carrier == row.key.carrier }.map(\.share) ?? []
        return all.reduce(0, +) - row.share + share <= rate
    }

    /// The slots that a transaction with these changes takes, if all goes as the rows were seen.
    func slotsTaken(by changes: [KeeperChange]) -> [SlotKey: Int64] {
        var taken: [SlotKey: Int64] = [:]
        for change in changes {
            switch change {
            case .take(let key, let epoch, _, _): taken[key] = epoch + 1
            case .takeOver(let dead, _, let carriers):
                for row in snapshot?.slots ?? [] where row.owner == dead && carriers.contains(row.key.carrier) {
                    taken[row.key] = row.epoch + 1
                }
            case .join, .describe, .open, .share, .ready, .release, .depart: break
            }
        }
        return taken
    }
}
