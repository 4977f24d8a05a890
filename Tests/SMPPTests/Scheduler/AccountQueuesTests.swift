import Testing

@testable import SMPP

@Suite struct AccountQueuesTests {
    @Test func accountsAreServedInTurnAndFirstComeFirstServedWithin() {
        var queues = AccountQueues()
        for message in 0..<3 { queues.append(message, account: 0) }
        queues.append(3, account: 7)
        queues.append(4, account: 2)
        queues.append(5, account: 7)
        var order: [Int] = []
        while let next = queues.next {
            order.append(next)
            queues.passTurn()
            queues.remove(next)
        }
        #expect(order == [0, 3, 4, 1, 5, 2])
        #expect(queues.count == 0)
    }

    @Test func aMessageThatIsNotDoneKeepsItsPlace() {
        var queues = AccountQueues()
        queues.append(0, account: 0)
        queues.append(1, account: 1)
        var order: [Int] = []
        for _ in 0..<4 {
            order.append(queues.next!)
            queues.passTurn()
        }
        #expect(order == [0, 1, 0, 1])
    }

    @Test func whatComesBackStandsWhereItStood() {
        var queues = AccountQueues()
        for message in 0..<4 { queues.append(message, account: 0) }
        queues.setAside(1)
        queues.remove(0)
        #expect(queues.next == 2)
        #expect(queues.count == 3)
        queues.putBack(1)
        #expect(queues.next == 1)
        queues.putBack(0)
        #expect(queues.next == 0)
        queues.putBack(0)
        #expect(queues.count == 4)
        queues.setAside(3)
        queues.setAside(3)
        #expect(queues.waiting(account: 0) == 4)
        queues.remove(3)
        queues.remove(3)
        #expect(queues.waiting(account: 0) == 3)
        queues.removeAll()
        #expect(queues.next == nil && queues.count == 0)
    }

    @Test func theNewestOfTheLongestIsFound() {
        var queues = AccountQueues()
        #expect(queues.newestOfLongest(above: 0) { _ in true } == nil)
        queues.append(0, account: 1)
        for message in 1..<4 { queues.append(message, account: 2) }
        #expect(queues.newestOfLongest(above: 2) { _ in true } == 3)
        #expect(queues.newestOfLongest(above: 3) { _ in true } == nil)
        #expect(queues.newestOfLongest(above: 0) { $0 != 3 } == 2)
        #expect(queues.newestOfLongest(above: 0) { _ in false } == nil)
    }

    @Test func allAreFoundInTurn() {
        var queues = AccountQueues()
        for (message, account) in [0, 0, 1, 0, 2, 1].enumerated() { queues.append(message, account: account) }
        #expect(Array(queues.inTurn()) == [0, 2, 4, 1, 5, 3])
        #expect(queues.accounts == 3)
        queues.passTurn()
        queues.setAside(2)
        #expect(Array(queues.inTurn()) == [5, 4, 0, 1, 3])
        queues.removeAll()
        #expect(queues.inTurn().isEmpty && queues.accounts == 0)
    }

    @Test(arguments: [-1, Int.max, Int.min, 65_536])
    func anyNumberIsAnAccount(account: Int) {
        var queues = AccountQueues()
        queues.append(0, account: account)
        #expect(queues.next == 0)
        #expect(queues.waiting(account: account) == 1)
    }

    /// The same queues as plain arrays.
    private struct Model {
        var lanes: [Int: [(message: Int, arrival: Int)]] = [:]
        var round: [Int] = []

        mutating func insert(_ message: Int, arrival: Int, account: Int) {
            if lanes[account, default: []].isEmpty { round.append(account) }
            let index = lanes[account]?.firstIndex { $0.arrival > arrival } ?? lanes[account, default: []].count
            lanes[account, default: []].insert((message, arrival), at: index)
        }

        mutating func remove(_ message: Int, account: Int) {
            guard let index = lanes[account]?.firstIndex(where: { $0.message == message }) else { return }
            lanes[account]?.remove(at: index)
            if lanes[account]?.isEmpty == true { round.removeAll { $0 == account } }
        }

        mutating func passTurn() {
            if !round.isEmpty { round.append(round.removeFirst()) }
        }

        var next: Int? { round.first.flatMap { lanes[$0]?.first?.message } }
    }

    @Test func randomQueuesDoWhatPlainArraysDo() {
        for seed in 0..<300 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var queues = AccountQueues()
            var model = Model()
            var state: [Int: AccountQueues.State] = [:]
            var owner: [Int: (account: Int, arrival: Int)] = [:]
            for arrival in 0..<200 {
                let message = random.below(12)
                switch random.below(5) {
                case 0, 1:
                    guard state[message, default: .absent] == .absent else { break }
                    let account = random.below(4)
                    queues.append(message, account: account)
                    model.insert(message, arrival: arrival, account: account)
                    owner[message] = (account, arrival)
                    state[message] = .queued
                case 2:
                    guard let known = owner[message] else { break }
                    queues.remove(message)
                    model.remove(message, account: known.account)
                    state[message] = .absent
                case 3:
                    guard let known = owner[message] else { break }
                    if state[message] == .queued || random.chance(50) {
                        queues.setAside(message)
                        model.remove(message, account: known.account)
                        state[message] = .aside
                    } else if state[message] == .aside {
                        queues.putBack(message)
                        model.insert(message, arrival: known.arrival, account: known.account)
                        state[message] = .queued
                    }
                default:
                    queues.passTurn()
                    model.passTurn()
                }
                #expect(queues.next == model.next, "seed \(seed)")
                #expect(queues.count == state.values.count { $0 != .absent }, "seed \(seed)")
            }
        }
    }
}
