import Cluster
import Foundation
import SMPP
import Testing

/// Whole lives of clusters, with everything that goes wrong, from seeds.
///
/// `SMPPOST_LIVES=N` lives N times as many.
@Suite struct ClusterSimulationTests {
    private static let times = max(1, ProcessInfo.processInfo.environment["SMPPOST_LIVES"].flatMap(Int.init) ?? 1)
    /// Lives of one test case.
    private static let lives = UInt64(15 * times)

    /// At every instant of every life: one socket for a slot at most, no more messages a second than the contract has,
    /// stopped processes counted until they are killed. And after all faults every slot is bound again.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func nobodyEverExceedsTheContract(part: UInt64) {
        var (instants, takes, faults) = (0, 0, 0)
        for seed in part * Self.lives..<(part + 1) * Self.lives {
            var cluster = SimulatedCluster(seed: seed)
            cluster.live()
            #expect(cluster.violation == nil, "seed \(seed)")
            instants += cluster.instants
            takes += cluster.takes
            faults += cluster.faults.values.reduce(0, +)
        }
        #expect(instants > 1_000 * Int(Self.lives) && takes > 10 * Int(Self.lives) && faults > 10 * Int(Self.lives))
    }

    /// What is left out, and which rule must break then.
    struct LeftOut: Sendable, CustomTestStringConvertible {
        var what: String
        var times = KeeperTimes()
        var mutation: SimulatedDatabase.Mutation?
        var breaks: String

        var testDescription: String { what }
    }

    private static func times(_ change: (inout KeeperTimes) -> Void) -> KeeperTimes {
        var times = KeeperTimes()
        change(&times)
        return times
    }

    private static let leftOut = [
        LeftOut(
            what: "a hold of 8 s",
            times: times {
                $0.hold = .seconds(8)
                $0.kill = .seconds(9)
            }, breaks: "two owners"),
        LeftOut(what: "the kill timer", times: times { $0.kill = .seconds(60) }, breaks: "two owners"),
        LeftOut(what: "7 s of nothing after a connect", times: times { $0.quiet = .zero }, breaks: "two owners"),
        LeftOut(what: "1 s before the first message", times: times { $0.firstSend = .zero }, breaks: "a second"),
        LeftOut(what: "the fence's beat", mutation: .anyBeat, breaks: "two owners"),
        LeftOut(what: "the own row's fence", mutation: .fencedNodesBeat, breaks: "not bound"),
        LeftOut(what: "the sum of the shares", mutation: .anyShare, breaks: "a second"),
    ]

    /// The simulation notices each part of the protocol that is not there.
    @Test(arguments: leftOut)
    func whatIsLeftOutIsNoticed(_ left: LeftOut) {
        for seed in 0..<400 as Range<UInt64> {
            var cluster = SimulatedCluster(seed: seed, times: left.times, mutation: left.mutation)
            cluster.live()
            if cluster.violation?.contains(left.breaks) == true { return }
        }
        Issue.record("400 lives without \(left.what), and nothing happened")
    }

    /// The slots of a node that is killed have new owners within 9 s, at any moment of its beat.
    @Test func aDeadNodesSlotsAreTakenInTime() {
        var longest: Int64 = 0
        for seed in 0..<Self.lives * 4 {
            var cluster = SimulatedCluster(seed: seed)
            cluster.run(until: 60 * SimulatedCluster.second)
            #expect(cluster.boundSlots == SimulatedCluster.allSlots, "seed \(seed)")
            // Each has its due.
            #expect(cluster.nodes.map(\.sockets.count) == [2, 2, 2], "seed \(seed)")
            cluster.run(until: cluster.now + cluster.random(0, 1_000))
            let (died, victim) = (cluster.now, Int.random(in: 0..<3, using: &cluster.generator))
            cluster.die(victim, "kill -9")
            while cluster.boundSlots != SimulatedCluster.allSlots, cluster.now < died + 20 * SimulatedCluster.second {
                cluster.run(until: cluster.now + SimulatedCluster.second / 100)
            }
            longest = max(longest, cluster.now - died)
        }
        #expect(longest < 9 * SimulatedCluster.second, "\(longest) ns")
    }
}
