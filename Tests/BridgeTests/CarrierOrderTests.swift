import Settings
import Testing

@testable import Bridge

@Suite struct CarrierOrderTests {
    private let names = ["a", "b", "c", "d", "e"]

    private func order(_ choices: CarrierChoice...) -> CarrierOrder {
        CarrierOrder(choices, carriers: names)
    }

    @Test func withoutWeightsTheOrderIsTheFiles() {
        let order = order(CarrierChoice("c"), CarrierChoice("a"), CarrierChoice("b"))
        for chance in [UInt64.min, 1, 77, .max] { #expect(order.indices(chance: chance) == [2, 0, 1]) }
    }

    @Test func aWeightThatStandsAloneChangesNothing() {
        let order = order(CarrierChoice("a", weight: 9), CarrierChoice("b"), CarrierChoice("c", weight: 1))
        for chance in UInt64(0)..<100 { #expect(order.indices(chance: chance) == [0, 1, 2]) }
        #expect(order.share(at: 0) == nil)
    }

    @Test func aGroupSharesInProportion() {
        let order = order(
            CarrierChoice("a", weight: 70), CarrierChoice("b", weight: 20), CarrierChoice("c", weight: 10),
            CarrierChoice("d"))
        var firsts = [0, 0, 0, 0, 0]
        var seconds = [0, 0, 0, 0, 0]
        let count = 100_000
        // As message ids come: near to each other.
        for chance in UInt64(0)..<UInt64(count) {
            let indices = order.indices(chance: chance << 6)
            #expect(Set(indices) == [0, 1, 2, 3])
            #expect(indices.last == 3)
            firsts[indices[0]] += 1
            if indices[0] == 0 { seconds[indices[1]] += 1 }
        }
        for (index, share) in [(0, 0.7), (1, 0.2), (2, 0.1)] {
            // Five standard deviations.
            let tolerance = 5 * (Double(count) * share * (1 - share)).squareRoot()
            #expect(abs(Double(firsts[index]) - Double(count) * share) < tolerance, "\(firsts)")
        }
        // What stands in for the first one is drawn by the rest of the weights, 2 to 1.
        #expect(abs(Double(seconds[1]) / Double(seconds[1] + seconds[2]) - 2.0 / 3) < 0.01, "\(seconds)")
        #expect(order.share(at: 1) == "weight 20 of 100")
        #expect(order.share(at: 3) == nil)
    }

    @Test func twoGroupsAreDrawnEachByItself() {
        let order = order(
            CarrierChoice("a", weight: 1), CarrierChoice("b", weight: 1), CarrierChoice("c"),
            CarrierChoice("d", weight: 1), CarrierChoice("e", weight: 1000))
        var seen: Set<[Int]> = []
        for chance in UInt64(0)..<100_000 {
            let indices = order.indices(chance: chance)
            seen.insert(indices)
            #expect(Set(indices[..<2]) == [0, 1] && indices[2] == 2 && Set(indices[3...]) == [3, 4])
        }
        #expect(seen.count == 4)
    }

    @Test func theSameChanceGivesTheSameOrder() {
        let order = order(CarrierChoice("a", weight: 1), CarrierChoice("b", weight: 1))
        for chance in UInt64(0)..<50 { #expect(order.indices(chance: chance) == order.indices(chance: chance)) }
        #expect(order.indices(chance: .max).count == 2)
    }

    @Test func theLongestPrefixDecides() throws {
        var account = AccountSettings()
        account.carriers = [CarrierChoice("a")]
        account.routes = [
            PrefixRoute(prefix: "7", carriers: [CarrierChoice("b")]),
            PrefixRoute(prefix: "7916", carriers: [CarrierChoice("c"), CarrierChoice("a")]),
            PrefixRoute(prefix: "375", carriers: [CarrierChoice("d")]),
        ]
        let rules = AccountRules(account, carriers: names)
        func indices(_ number: String) throws -> [Int] {
            let plan = try MessagePlan(from: "ACME", to: number, text: "x", rules: rules)
            return rules.order(for: plan.recipient).indices
        }
        #expect(try indices("79161234567") == [2, 0])
        #expect(try indices("79151234567") == [1])
        #expect(try indices("375291234567") == [3])
        #expect(try indices("4915112345678") == [0])
    }
}
