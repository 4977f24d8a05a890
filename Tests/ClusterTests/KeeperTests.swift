import Cluster
import Testing

/// One keeper, by hand: what it asks and orders, and when.
@Suite struct KeeperTests {
    private static let contracts = ["main": CarrierContract(rate: 15, slots: 2)]
    private static let keys = [SlotKey("main", 0), SlotKey("main", 1)]

    /// A keeper and the database that answers it, alone or with others.
    private struct Rig {
        var keeper: Keeper
        var database = SimulatedDatabase()
        var now = Duration.seconds(100)
        var answers = true
        /// All orders but those of the connection and the hold.
        var orders: [KeeperAction] = []
        var holds: Duration?
        var kills: Duration?

        init(_ run: String = "a") {
            keeper = Keeper(run: run, contracts: KeeperTests.contracts, now: now)
        }

        mutating func handle(_ event: KeeperEvent) {
            var events = [event]
            while !events.isEmpty {
                for action in keeper.handle(events.removeFirst(), now: now) {
                    switch action {
                    case .connect: if answers { events.append(.connected) }
                    case .send(let transaction):
                        guard answers else { break }
                        events.append(.answered(transaction.id, database.run(transaction, at: 0)))
                    case .hold(let until): holds = until
                    case .kill(let at): kills = at
                    case .disconnect: orders.append(action)
                    case .take, .pace, .close, .abort, .ended: orders.append(action)
                    }
                }
            }
        }

        /// Lets time pass; the keeper is told whenever it wants.
        mutating func pass(_ time: Duration) {
            let end = now + time
            while let next = keeper.nextDeadline, next <= end {
                now = max(now, next)
                handle(.time)
                if let again = keeper.nextDeadline, again <= now { now += .milliseconds(1) }
            }
            now = end
        }

        /// What was ordered since it was last asked.
        mutating func takeOrders() -> [KeeperAction] {
            defer { orders = [] }
            return orders
        }
    }

    @Test func aLoneNodeTakesAllAfterItsQuietTime() {
        var rig = Rig()
        rig.pass(.milliseconds(6_900))
        #expect(rig.takeOrders().isEmpty && rig.kills == nil)
        #expect(rig.holds.map { $0 - rig.now > .seconds(4) } == true)
        rig.pass(.milliseconds(600))
        let orders = rig.takeOrders()
        #expect(orders.count == 2)
        for (order, share) in zip(orders, [8, 7]) {
            guard case .take(let key, share, let from) = order else {
                Issue.record("\(order)")
                continue
            }
            #expect(Self.keys.contains(key) && from > rig.now)
        }
        // The timer of the kernel follows the beats, a second behind the hold.
        #expect(rig.kills == rig.holds.map { $0 + .seconds(1) })
        rig.pass(.seconds(30))
        #expect(rig.takeOrders().isEmpty)
        #expect(rig.keeper.maySend(Self.keys[0], now: rig.now))
    }

    @Test func withoutAnswersAllIsAbortedFiveSecondsAfterTheLastBeatWasSent() {
        var rig = Rig()
        rig.pass(.seconds(20))
        _ = rig.takeOrders()
        rig.answers = false
        let (holds, kills) = (rig.holds, rig.kills)
        rig.pass((holds ?? .zero) - rig.now - .milliseconds(1))
        #expect(rig.takeOrders().allSatisfy { $0 == .disconnect } && rig.keeper.maySend(Self.keys[0], now: rig.now))
        #expect(!rig.keeper.maySend(Self.keys[0], now: rig.now + .milliseconds(1)))
        rig.pass(.milliseconds(1))
        #expect(rig.takeOrders().filter { $0 != .disconnect } == Self.keys.map { .abort($0) })
        #expect(rig.kills == kills && kills.map { $0 - rig.now } == .seconds(1))
        // Closed sockets need no killer.
        rig.handle(.closed(Self.keys[0]))
        #expect(rig.kills == kills)
        rig.handle(.closed(Self.keys[1]))
        #expect(rig.kills == nil)
        // The rows are still its own; the slots come back when a connection that is not made is given up, and the quiet time is over.
        rig.answers = true
        rig.pass(.seconds(15))
        #expect(rig.takeOrders().allSatisfy { $0 == .disconnect })
        rig.pass(.seconds(3))
        #expect(rig.takeOrders().count == 2)
    }

    @Test func anAnswerThatIsTooLateIsNone() {
        var rig = Rig()
        rig.pass(.seconds(20))
        _ = rig.takeOrders()
        rig.answers = false
        rig.pass(.seconds(1))
        // As a process that was stopped sees it: the answer is there, and so is its end.
        rig.now += .milliseconds(1_600)
        let holds = rig.holds
        for id in 0..<100 as Range<UInt64> {
            rig.handle(.answered(id, .committed(ClusterSnapshot(nodes: [], slots: []))))
        }
        #expect(rig.holds == holds && rig.takeOrders() == [.disconnect])
    }

    @Test func aFencedRunEndsAndAbortsAll() {
        var rig = Rig()
        rig.pass(.seconds(20))
        _ = rig.takeOrders()
        _ = rig.database.run(KeeperTransaction(id: 0, run: "b", changes: [.join(Self.contracts)]), at: 0)
        let seen = rig.database.run(KeeperTransaction(id: 1, run: "b", changes: []), at: 0)
        guard case .committed(let snapshot) = seen, let beat = snapshot.nodes.first(where: { $0.run == "a" })?.beat
        else {
            Issue.record("\(seen)")
            return
        }
        // One that has beaten since is not fenced.
        let late = KeeperChange.takeOver(run: "a", beat: beat - 1, carriers: ["main"])
        _ = rig.database.run(KeeperTransaction(id: 2, run: "b", changes: [late]), at: 0)
        rig.pass(.milliseconds(10))
        #expect(rig.takeOrders().isEmpty)
        let fence = KeeperChange.takeOver(run: "a", beat: beat, carriers: ["main"])
        _ = rig.database.run(KeeperTransaction(id: 3, run: "b", changes: [fence]), at: 0)
        rig.pass(.seconds(1))
        #expect(rig.takeOrders() == Self.keys.map { .abort($0) } + [.ended(.fenced)])
        #expect(rig.keeper.nextDeadline == nil && !rig.keeper.maySend(Self.keys[0], now: rig.now))
    }

    @Test func oneThatStopsReleasesAllAndDeparts() {
        var rig = Rig()
        rig.pass(.seconds(20))
        _ = rig.takeOrders()
        rig.handle(.stop)
        #expect(rig.takeOrders() == Self.keys.map { .close($0) })
        for key in Self.keys { rig.handle(.closed(key)) }
        rig.pass(.seconds(3))
        #expect(rig.takeOrders() == [.ended(.departed)])
        guard
            case .committed(let left) = rig.database.run(
                KeeperTransaction(id: 0, run: "b", changes: [.join(Self.contracts)]), at: 0)
        else {
            Issue.record("refused")
            return
        }
        #expect(left.nodes.map(\.run) == ["b"] && left.slots.allSatisfy { $0.owner == nil && $0.share == 0 })
    }

    @Test func aSmallerContractIsMetHereFirstAndALargerOneInTheRowFirst() {
        var rig = Rig()
        rig.pass(.seconds(20))
        _ = rig.takeOrders()
        rig.handle(.contracts(["main": CarrierContract(rate: 10, slots: 1)]))
        rig.pass(.seconds(2))
        let lowered = rig.takeOrders()
        #expect(lowered.contains(.close(Self.keys[1])))
        rig.handle(.closed(Self.keys[1]))
        rig.pass(.seconds(3))
        #expect(
            rig.takeOrders().contains {
                if case .pace(Self.keys[0], 10, let from) = $0 { from > rig.now - .seconds(2) } else { false }
            })
        rig.handle(.contracts([:]))
        rig.pass(.seconds(2))
        #expect(rig.takeOrders() == [.close(Self.keys[0])])
    }

    /// A carrier that is out of reach is tried by another node; one that merely counts an old bind is not.
    @Test func aSlotOutOfReachIsGivenUpWhereAnotherCouldTry() {
        var rig = Rig()
        rig.pass(.seconds(20))
        for key in Self.keys { rig.handle(.reach(key, .refused)) }
        _ = rig.database.run(KeeperTransaction(id: 0, run: "b", changes: [.join(Self.contracts)]), at: 0)
        _ = rig.takeOrders()
        rig.handle(.reach(Self.keys[0], .unreachable))
        for _ in 0..<9 {
            rig.pass(.seconds(1))
            _ = rig.database.run(KeeperTransaction(id: 0, run: "b", changes: []), at: 0)
        }
        #expect(!rig.takeOrders().contains(.close(Self.keys[0])))
        rig.pass(.milliseconds(2_000))
        #expect(rig.takeOrders().contains(.close(Self.keys[0])))
    }
}
