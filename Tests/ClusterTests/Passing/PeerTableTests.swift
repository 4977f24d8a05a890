import Cluster
import Testing

@Suite struct PeerTableTests {
    private let table = PeerTable([
        Peer(name: "a", address: "https://a", carriers: ["main"]),
        Peer(name: "b", address: "https://b", carriers: ["backup"]),
        Peer(name: "c", address: "https://c", carriers: ["backup", "main"]),
        Peer(name: "d", address: "https://d", carriers: []),
    ])

    private func names(_ carriers: [String], _ chance: UInt64) -> [String] {
        table.order(for: carriers, chance: chance).map(\.name)
    }

    @Test func theAccountsFirstCarrierCountsMost() {
        for chance in 0..<20 as Range<UInt64> {
            let names = names(["main", "backup"], chance)
            #expect(Set(names.prefix(2)) == ["a", "c"])
            #expect(names.dropFirst(2) == ["b"])
        }
    }

    @Test func thoseWhoHaveTheSameTakeTurns() {
        let first = (0..<400 as Range<UInt64>).map { names(["main"], $0)[0] }
        #expect(first.count { $0 == "a" } > 50)
        #expect(first.count { $0 == "c" } > 50)
    }

    @Test func whoHasNoneOfThemIsNotAsked() {
        #expect(names(["other"], 1) == [])
        #expect(names([], 1) == [])
        #expect(PeerTable().order(for: ["main"], chance: 1) == [])
    }

    @Test func whoHasAReadyBindAndStays() {
        func node(_ run: String, isLeaving: Bool = false) -> NodeRow {
            NodeRow(run: run, beat: 1, isLeaving: isLeaving, contracts: [:])
        }
        func slot(_ carrier: String, _ index: Int, _ owner: String?, isReady: Bool = true) -> SlotRow {
            SlotRow(key: SlotKey(carrier, index), owner: owner, isReady: isReady)
        }
        let snapshot = ClusterSnapshot(
            nodes: [node("me"), node("one"), node("two"), node("bare"), node("leaver", isLeaving: true)],
            slots: [
                slot("backup", 0, "one", isReady: false), slot("main", 0, "one"), slot("main", 1, "me"),
                slot("main", 2, "two"), slot("main", 3, "leaver"), slot("main", 4, nil, isReady: false),
                slot("other", 0, "two"),
            ])
        let runs = ["me", "one", "two", "bare", "leaver"]
        let places = Dictionary(uniqueKeysWithValues: runs.map { ($0, (name: "n-\($0)", address: "https://\($0)")) })
        let table = PeerTable(snapshot, besides: "me", places: places)
        #expect(
            table.peers == [
                Peer(name: "n-one", address: "https://one", carriers: ["main"]),
                Peer(name: "n-two", address: "https://two", carriers: ["main", "other"]),
            ])
    }

    @Test func theTimeThatIsLeft() {
        #expect(PassingTime.milliseconds(of: .seconds(10)) == 9_900)
        #expect(PassingTime.milliseconds(of: .milliseconds(350)) == 250)
        #expect(PassingTime.milliseconds(of: .microseconds(350_900)) == 250)
        #expect(PassingTime.milliseconds(of: .milliseconds(349)) == nil)
        #expect(PassingTime.milliseconds(of: .seconds(-1)) == nil)
    }
}
