import Testing

@testable import SMPP

@Suite struct SubmitWindowTests {
    private func submit(_ index: Int, at seconds: Int = 5) -> OpenSubmit {
        OpenSubmit(
            message: MessageKey(index: index, generation: 0), segment: 0,
            deadline: MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000))
    }

    private func time(_ seconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000)
    }

    @Test func isFullAtItsCapacity() {
        var window = SubmitWindow(capacity: 2)
        #expect(window.open(submit(0)) == 1)
        #expect(window.open(submit(1)) == 2)
        #expect(window.open(submit(2)) == nil)
        #expect(window.close(1)?.message.index == 0)
        #expect(window.open(submit(2)) == 3)
        #expect(window.count == 2)
    }

    @Test func aSlotIsFreedOnce() {
        var window = SubmitWindow(capacity: 2)
        let sequence = window.open(submit(0))
        #expect(window.close(sequence!) != nil)
        #expect(window.close(sequence!) == nil)
        #expect(window.count == 0)
        #expect(window.close(0) == nil)
        #expect(window.close(0xFFFF_FFFF) == nil)
    }

    @Test func overdueSlotsAreFreedOldestFirstAndRemembered() {
        var window = SubmitWindow(capacity: 3)
        let first = window.open(submit(0, at: 1))!
        let second = window.open(submit(1, at: 2))!
        let third = window.open(submit(2, at: 3))!
        #expect(window.close(second) != nil)
        #expect(window.nextDeadline == time(1))
        #expect(window.expire(now: time(0)) == nil)
        #expect(window.expire(now: time(3))?.message.index == 0)
        #expect(window.expire(now: time(3))?.message.index == 2)
        #expect(window.expire(now: time(3)) == nil)
        #expect(window.count == 0)
        #expect(window.close(first) == nil)
        #expect(window.expects(first))
        #expect(window.takeLate(first, now: time(4))?.givenUpAt == time(1))
        #expect(window.takeLate(first, now: time(4)) == nil)
        #expect(window.takeLate(second, now: time(4)) == nil)
        #expect(window.takeLate(third, now: time(4)) != nil)
        #expect(!window.expects(third))
    }

    @Test func sequenceNumbersWrapToOne() {
        var window = SubmitWindow(capacity: 4, firstSequence: SubmitWindow.lastSequence - 1)
        #expect(window.open(submit(0)) == 0x7FFF_FFFE)
        #expect(window.open(submit(1)) == 0x7FFF_FFFF)
        #expect(window.open(submit(2)) == 1)
        #expect(window.takeSequence() == 2)
        #expect(window.close(0x7FFF_FFFF)?.message.index == 1)
    }

    @Test func anOpenSequenceNumberIsNeverGivenOutAgain() {
        var window = SubmitWindow(capacity: 4)
        let stuck = window.open(submit(0))!
        var places = Set<UInt32>()
        for _ in 0..<1000 {
            let sequence = window.open(submit(1))!
            #expect(sequence != stuck)
            #expect(sequence % 16 != stuck % 16)
            places.insert(sequence)
            #expect(window.close(sequence) != nil)
        }
        #expect(places.count == 1000)
        #expect(window.isOpen(stuck))
    }

    @Test func whatIsRememberedIsBounded() {
        var window = SubmitWindow(capacity: 1, maxLate: 3)
        let sequences = (0..<5).map { index in
            let sequence = window.open(submit(index))!
            #expect(window.giveUpOldest(now: time(1)) != nil)
            return sequence
        }
        #expect(window.missing == 3)
        #expect(window.takeLate(sequences[1], now: time(1)) == nil)
        #expect(window.takeLate(sequences[2], now: time(1)) != nil)
        window.restart()
        #expect(window.takeSequence() == 1)
        #expect(window.missing == 0)
    }
}
