import Testing

@testable import SMPP

@Suite struct LinkTimersTests {
    private let start = MonotonicTime(nanoseconds: 0)
    private func timers(every: Int = 30, unanswered: Int = 2) -> LinkTimers {
        LinkTimers(every: .seconds(every), unanswered: unanswered, responseTimeout: .seconds(5), now: start)
    }

    @Test func asksAtTheInterval() {
        var timers = timers()
        #expect(timers.tick(now: start + .seconds(29)) == .nothing)
        #expect(timers.tick(now: start + .seconds(30)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(30)) == .nothing)
        timers.answered(now: start + .milliseconds(30_040))
        #expect(timers.roundTrip == .milliseconds(40))
        #expect(timers.nextDeadline == start + .seconds(60))
        #expect(timers.tick(now: start + .seconds(60)) == .sendEnquireLink)
    }

    @Test func twoUnansweredAreADeadLink() {
        var timers = timers()
        #expect(timers.tick(now: start + .seconds(30)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(39)) == .nothing)
        #expect(timers.tick(now: start + .seconds(40)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(50)) == .linkIsDead)
    }

    @Test func anAnswerToTheSecondSavesTheLink() {
        var timers = timers()
        _ = timers.tick(now: start + .seconds(30))
        _ = timers.tick(now: start + .seconds(40))
        timers.answered(now: start + .seconds(45))
        #expect(timers.tick(now: start + .seconds(70)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(80)) == .sendEnquireLink)
    }

    @Test func anAnswerThatNobodyAskedForIsNothing() {
        var timers = timers()
        timers.answered(now: start + .seconds(1))
        #expect(timers.nextDeadline == start + .seconds(30))
        #expect(timers.roundTrip == nil)
    }

    @Test func shortIntervalsBoundTheAnswer() {
        var timers = timers(every: 1, unanswered: 0)
        #expect(timers.tick(now: start + .seconds(1)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(2)) == .linkIsDead)
    }

    @Test func aSuspectIsAskedAtOnceAndMustAnswerSoon() {
        var timers = timers()
        timers.suspect(now: start + .seconds(7))
        timers.suspect(now: start + .seconds(8))
        #expect(timers.nextDeadline == start + .seconds(7))
        #expect(timers.tick(now: start + .seconds(7)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(12)) == .sendEnquireLink)
        #expect(timers.tick(now: start + .seconds(17)) == .linkIsDead)
    }

    @Test func aSuspectThatIsHeardHasItsUsualTime() {
        var timers = timers()
        timers.suspect(now: start + .seconds(7))
        _ = timers.tick(now: start + .seconds(7))
        _ = timers.tick(now: start + .seconds(12))
        timers.trust()
        #expect(timers.nextDeadline == start + .seconds(22))
        #expect(timers.tick(now: start + .seconds(22)) == .sendEnquireLink)
        timers.answered(now: start + .seconds(23))
        timers.trust()
        #expect(timers.nextDeadline == start + .seconds(52))
    }

    @Test func anAnswerThatIsWaitedForAnywayIsNotAskedForTwice() {
        var timers = timers()
        #expect(timers.tick(now: start + .seconds(30)) == .sendEnquireLink)
        timers.suspect(now: start + .seconds(32))
        #expect(timers.tick(now: start + .seconds(32)) == .nothing)
        #expect(timers.nextDeadline == start + .seconds(35))
    }
}
