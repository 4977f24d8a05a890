import Testing

@testable import Cluster

@Suite struct SlotPlacementTests {
    private static func snapshot(_ runs: [String], slots: Int, owners: [String?] = []) -> ClusterSnapshot {
        let contract = CarrierContract(rate: 30, slots: slots)
        return ClusterSnapshot(
            nodes: runs.map { NodeRow(run: $0, beat: 1, isLeaving: false, contracts: ["main": contract]) },
            slots: owners.enumerated().map { SlotRow(key: SlotKey("main", $0), owner: $1) })
    }

    private static func place(
        _ runs: [String], slots: Int, owners: [String?] = [], avoided: Set<String> = []
    ) -> SlotPlacement {
        SlotPlacement(snapshot(runs, slots: slots, owners: owners), "main", slots: slots, avoided: avoided)
    }

    @Test(arguments: [(15, 2, [8, 7]), (30, 4, [8, 8, 7, 7]), (3, 4, [1, 1, 1]), (1, 1, [1])])
    func sharesAreWholeAndMakeTheRate(rate: Int, slots: Int, expected: [Int]) {
        let contract = CarrierContract(rate: rate, slots: slots)
        #expect((0..<contract.usefulSlots).map(contract.share) == expected)
        #expect(contract.share(of: contract.usefulSlots) == 0)
    }

    @Test(arguments: 1...9, 1...5)
    func targetsMakeTheSlotsAndDifferByOne(slots: Int, nodes: Int) {
        let runs = (0..<nodes).map { "run\($0)" }
        let place = Self.place(runs, slots: slots)
        let targets = runs.map(place.target)
        #expect(targets.reduce(0, +) == slots)
        #expect((targets.max() ?? 0) - (targets.min() ?? 0) <= 1)
    }

    @Test func theOrderOfRowsDoesNotMatterAndOneThatGoesMovesNoOther() {
        let runs = (0..<8).map { "run\($0)" }
        let all = Self.place(runs, slots: 3).eligible
        #expect(Self.place(runs.reversed(), slots: 3).eligible == all)
        #expect(Self.place(runs.filter { $0 != "run5" }, slots: 3).eligible == all.filter { $0 != "run5" })
        #expect(
            Set(
                (0..<20).map {
                    SlotPlacement(Self.other("carrier\($0)", runs), "carrier\($0)", slots: 1, avoided: []).eligible[0]
                }
            ).count > 3)
    }

    private static func other(_ carrier: String, _ runs: [String]) -> ClusterSnapshot {
        let contracts = [carrier: CarrierContract(rate: 1, slots: 1)]
        return ClusterSnapshot(
            nodes: runs.map { NodeRow(run: $0, beat: 1, isLeaving: false, contracts: contracts) }, slots: [])
    }

    @Test func whoHasMostBeyondItsDueGives() {
        #expect(Self.place(["a", "b"], slots: 4, owners: ["a", "a", "a", "b"]).giver == "a")
        #expect(Self.place(["a", "b"], slots: 4, owners: ["a", "a", "b", "b"]).giver == nil)
        // Nobody lacks one that is not free anyway.
        #expect(Self.place(["a"], slots: 2, owners: ["a", "a"]).giver == nil)
        // One that left the living does not count as lacking.
        #expect(Self.place(["a", "b"], slots: 2, owners: ["a", "a"], avoided: ["b"]).giver == nil)
    }

    @Test func freeSlotsGoToWhoLacksMost() {
        let place = Self.place(["a", "b", "c"], slots: 6, owners: ["a", "a", "b", nil, nil, nil])
        #expect(place.takers(ofFree: 0).first == "c")
        #expect(Set([1, 2].compactMap { place.takers(ofFree: $0).first }) == ["b", "c"])
        // Where all are avoided, none is.
        #expect(Self.place(["a"], slots: 1, owners: [nil], avoided: ["a"]).takers(ofFree: 0) == ["a"])
    }

    @Test func theSmallestContractIsInForce() {
        var snapshot = Self.snapshot(["a", "b"], slots: 4)
        snapshot.nodes[1].contracts["main"] = CarrierContract(rate: 40, slots: 3)
        #expect(snapshot.contract(of: "main") == CarrierContract(rate: 30, slots: 3))
        #expect(snapshot.contract(of: "other") == nil)
    }
}
