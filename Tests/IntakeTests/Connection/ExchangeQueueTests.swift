import Intake
import Messaging
import NIOCore
import Testing

@Suite struct ExchangeQueueTests {
    private let reply = ScriptedHandler.accepted

    private func exchange(_ generator: inout MessageIDGenerator, giveUp: Int64 = 1) -> Exchange {
        Exchange(
            id: generator.next(unixMilliseconds: 1_800_000_000_000), terms: .unparsed, arrived: .uptimeNanoseconds(0),
            giveUpAt: .uptimeNanoseconds(0) + .seconds(giveUp))
    }

    @Test func numbersAreNeverUsedAgain() throws {
        var generator = MessageIDGenerator(node: 1)
        var queue = ExchangeQueue()
        let first = queue.append(exchange(&generator))
        #expect(queue.answer(first, with: reply) != nil)
        #expect(queue.answer(first, with: reply) == nil)
        #expect(queue.popAnswered() != nil)
        #expect(queue.answer(first, with: reply) == nil)
        let second = queue.append(exchange(&generator))
        #expect(second != first)
        #expect(queue.answer(first, with: reply) == nil)
        #expect(queue.answer(second + 1, with: reply) == nil)
        #expect(queue.count == 1)
    }

    @Test func onlyTheFirstComesOut() {
        var generator = MessageIDGenerator(node: 1)
        var queue = ExchangeQueue()
        let numbers = (0..<3).map { _ in queue.append(exchange(&generator)) }
        #expect(queue.answer(numbers[1], with: reply) != nil)
        #expect(queue.popAnswered() == nil)
        #expect(queue.answer(numbers[0], with: reply) != nil)
        #expect(queue.popAnswered() != nil && queue.popAnswered() != nil && queue.popAnswered() == nil)
        #expect(queue.openNumbers == [numbers[2]])
    }

    @Test func theFirstMayLeaveBeforeItsReplyIsKept() {
        var generator = MessageIDGenerator(node: 1)
        var queue = ExchangeQueue()
        let numbers = (0..<3).map { _ in queue.append(exchange(&generator)) }
        #expect(queue.takeFirst(numbers[1]) == nil)
        #expect(queue.answer(numbers[1], with: reply) != nil)
        #expect(queue.isOpen(numbers[0]) && !queue.isOpen(numbers[1]))
        #expect(queue.takeFirst(numbers[0]) != nil)
        #expect(queue.takeFirst(numbers[0]) == nil)
        #expect(!queue.isOpen(numbers[0]))
        // Answered already: it comes out with the reply that was kept.
        #expect(queue.takeFirst(numbers[1]) == nil)
        #expect(queue.popAnswered() != nil)
        #expect(queue.openNumbers == [numbers[2]])
    }

    @Test func overdue() {
        var generator = MessageIDGenerator(node: 1)
        var queue = ExchangeQueue()
        let numbers = (1...3).map { queue.append(exchange(&generator, giveUp: $0)) }
        let now = NIODeadline.uptimeNanoseconds(0) + .seconds(2)
        #expect(queue.overdue(now: now) == [numbers[0], numbers[1]])
        _ = queue.answer(numbers[0], with: reply)
        #expect(queue.overdue(now: now) == [numbers[1]])
        #expect(queue.giveUpAt == now)
    }
}
