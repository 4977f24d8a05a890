import Cluster

/// The network between nodes and the database, and what goes wrong there and elsewhere.
extension SimulatedCluster {
    /// One way.
    mutating func latency(_ index: Int) -> Int64 {
        nodes[index].isSlowUntil > now ? random(1, 2_500) : random(0, 15)
    }

    private func isCut(_ index: Int) -> Bool { nodes[index].isCutUntil > now }

    mutating func connect(_ index: Int, _ life: Int, _ connection: Int) {
        guard !isCut(index) else { return }
        guard isDownUntil <= now else {
            // Refused, or not answered at all.
            if chance(50) {
                queue.add(
                    .onConnection(node: index, life: life, connection: connection, .disconnected),
                    at: now + latency(index))
            }
            return
        }
        primaries[connection] = database.primary
        queue.add(
            .onConnection(node: index, life: life, connection: connection, .connected), at: now + latency(index))
    }

    mutating func send(_ transaction: KeeperTransaction, _ index: Int) {
        guard let connection = nodes[index].connection, let primary = primaries[connection] else { return }
        var arrives = now + latency(index)
        if areFaultsOn {
            // Under way in a partition, in a proxy or before a lock, long after the client has gone.
            if isCut(index) || chance(Self.isDelicate(transaction) ? 20 : 1) {
                guard chance(50) else { return }
                faults["statement that lingers", default: 0] += 1
                arrives += random(500, 25_000)
            }
        } else if isCut(index) {
            return
        }
        queue.add(
            .execute(
                node: index, life: nodes[index].life, connection: connection, primary: primary, transaction),
            at: arrives)
    }

    /// Whether it takes something from who asks for it, which would do harm later.
    private static func isDelicate(_ transaction: KeeperTransaction) -> Bool {
        transaction.changes.contains { change in
            switch change {
            case .release, .share: true
            case .join, .describe, .takeOver, .open, .take, .ready, .depart: false
            }
        }
    }

    mutating func execute(
        _ index: Int, _ life: Int, _ connection: Int, _ primary: Int, _ transaction: KeeperTransaction
    ) {
        guard primary == database.primary else { return }
        guard isDownUntil <= now else {
            // It waits in the frozen server.
            queue.add(
                .execute(node: index, life: life, connection: connection, primary: primary, transaction),
                at: isDownUntil + random(0, 5))
            return
        }
        let answer = database.run(transaction, at: now)
        if nodes[index].connection != connection || nodes[index].life != life {
            faults["statement run after its client left", default: 0] += 1
            return
        }
        guard !isCut(index), !areFaultsOn || !chance(1.5) else {
            faults["answer lost", default: 0] += 1
            return
        }
        let event: KeeperEvent =
            areFaultsOn && chance(0.5) ? .answered(transaction.id, .failed) : .answered(transaction.id, answer)
        queue.add(
            .onConnection(node: index, life: life, connection: connection, event), at: now + latency(index))
    }

    private mutating func failOver(lost: Int64) {
        database.failOver(at: now, lost: lost)
        for index in nodes.indices {
            guard let connection = nodes[index].connection, primaries[connection] != nil, chance(70) else { continue }
            queue.add(
                .onConnection(node: index, life: nodes[index].life, connection: connection, .disconnected),
                at: now + latency(index))
        }
    }

    mutating func loseRows(cutting index: Int) {
        guard areFaultsOn else { return }
        failOver(lost: random(100, 6_000))
        nodes[index].isCutUntil = now + random(500, 8_000)
        faults["failover with a take lost", default: 0] += 1
    }

    /// One more fault, and the time of the next.
    mutating func fault() {
        guard areFaultsOn else { return }
        queue.add(.fault, at: now + random(faultGap / 10, faultGap * 2))
        let index = Int.random(in: nodes.indices, using: &generator)
        switch Int.random(in: 0..<14, using: &generator) {
        case 0: die(index, "kill -9")
        case 1, 2: stop(index, for: random(500, 16_000))
        case 3, 4:
            nodes[index].isCutUntil = now + random(500, 16_000)
            faults["cut from the database", default: 0] += 1
        case 5, 6:
            nodes[index].isSlowUntil = now + random(500, 16_000)
            faults["slow link", default: 0] += 1
        case 7:
            failOver(lost: 0)
            isDownUntil = now + random(0, 10_000)
            faults["failover", default: 0] += 1
        case 8:
            failOver(lost: random(100, 6_000))
            isDownUntil = now + random(0, 10_000)
            faults["failover with lost rows", default: 0] += 1
        case 9:
            isDownUntil = now + random(500, 12_000)
            faults["frozen database", default: 0] += 1
        case 10:
            nodes[index].isOutOfReachUntil = now + random(5_000, 40_000)
            for key in nodes[index].sockets.keys.sorted() { deliver(.reach(key, .unreachable), to: index) }
            faults["carrier out of reach", default: 0] += 1
        case 11:
            deliver(chance(50) ? .leave : .stop, to: index)
            faults["clean leave", default: 0] += 1
        default: reload(index)
        }
    }

    private mutating func stop(_ index: Int, for time: Int64) {
        guard nodes[index].keeper != nil, !nodes[index].isStopped else { return }
        nodes[index].isStopped = true
        faults["SIGSTOP", default: 0] += 1
        queue.add(.resume(node: index, life: nodes[index].life), at: now + time)
    }

    private mutating func reload(_ index: Int) {
        var contracts = Self.contracts
        if chance(50) { contracts["main"] = CarrierContract(rate: chance(50) ? 20 : 30, slots: chance(50) ? 3 : 4) }
        if chance(20) { contracts["backup"] = nil }
        nodes[index].contracts = contracts
        deliver(.contracts(contracts), to: index)
        faults["reload", default: 0] += 1
    }

    /// Ends all faults; who is dead begins soon.
    mutating func heal() {
        areFaultsOn = false
        isDownUntil = now
        for index in nodes.indices {
            nodes[index].isCutUntil = now
            nodes[index].isSlowUntil = now
            nodes[index].isOutOfReachUntil = now
            nodes[index].contracts = Self.contracts
            queue.add(.resume(node: index, life: nodes[index].life), at: now + 1)
            queue.add(.begin(node: index), at: now + 1_000)
            queue.add(
                .event(node: index, life: nodes[index].life, run: nodes[index].runs, .contracts(Self.contracts)),
                at: now + 1_000)
            for key in nodes[index].sockets.keys.sorted() {
                queue.add(
                    .event(node: index, life: nodes[index].life, run: nodes[index].runs, .reach(key, .bound)),
                    at: now + 1_000)
            }
        }
    }

    /// A life with faults: `calm` seconds to begin with, `faulty` seconds, and a minute and a half to recover in.
    mutating func live(calm: Int64 = 12, faulty: Int64 = 90) {
        run(until: calm * Self.second)
        areFaultsOn = true
        faultGap = [1_500, 4_000, 9_000][Int.random(in: 0..<3, using: &generator)]
        queue.add(.fault, at: now + random(0, faultGap))
        run(until: (calm + faulty) * Self.second)
        guard violation == nil else { return }
        heal()
        run(until: (calm + faulty + 90) * Self.second)
        if violation == nil, boundSlots != Self.allSlots {
            violation = "after all faults \(Self.allSlots.subtracting(boundSlots)) is not bound"
        }
    }
}
