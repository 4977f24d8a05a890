import Cluster
import NIOCore
import SMPP
import Testing

@testable import Carriers

/// A carrier whose binds come and go as slots of several nodes.
@Suite(.timeLimit(.minutes(1))) struct SlotTests {
    private static func rig(
        _ script: Script = Script(), lease: CarrierLease, _ events: EventLog = EventLog(), rate: Double? = nil,
        binds: Int = 2
    ) async throws -> Rig {
        try await Rig.start(script, ready: false, events: events, lease: lease) {
            $0.setup.binds = [BindPlan(kind: .transceiver, count: binds)]
            $0.setup.rate = rate
        }
    }

    private static func held() -> CarrierLease {
        let lease = CarrierLease()
        lease.set(until: BootClock.now + .seconds(60))
        return lease
    }

    @Test func onlyTakenSlotsAreBound() async throws {
        let events = EventLog()
        let rig = try await Self.rig(lease: Self.held(), events)
        #expect(try await rig.status().binds.isEmpty)
        #expect(!rig.carrier.isReady)
        rig.carrier.take(slot: 1, share: 5, from: .now)
        try await rig.status { $0.binds.map(\.name) == ["2"] && $0.ready }
        #expect(await rig.submit("a").isAccepted)
        // Nobody starts what is another node's.
        #expect(try await rig.carrier.start(bind: nil).get())
        #expect(try await rig.status().binds.count == 1)
        rig.carrier.take(slot: 0, share: 5, from: .now)
        try await rig.bound(2)
        try await rig.carrier.close(slot: 1).get()
        #expect(rig.smsc.state.unbinds == 1 && rig.smsc.state.resets == 0)
        #expect(try await rig.status().binds.map(\.name) == ["1"])
        #expect(await rig.submit("b").isAccepted)
        rig.carrier.take(slot: 1, share: 5, from: .now)
        try await rig.bound(2)
        #expect(events.state.reaches[1]?.first == .bound && events.state.reaches[1]?.last == .bound)
        try await rig.end()
    }

    /// The share, not the carrier's rate; and nothing before it may.
    @Test func aTakenSlotKeepsItsShareFromItsTime() async throws {
        let rig = try await Self.rig(lease: Self.held(), rate: 1000)
        let first = MonotonicTime.now + .milliseconds(600)
        rig.carrier.take(slot: 0, share: 10, from: first)
        try await rig.bound(1)
        let results = await rig.submitMany(4)
        #expect(results.areAccepted)
        let times = rig.smsc.state.received.map { MonotonicTime(nanoseconds: $0.at.uptimeNanoseconds) }.sorted()
        let (earliest, last) = (try #require(times.first), try #require(times.last))
        #expect(earliest >= first)
        #expect(last - earliest >= .milliseconds(280))
        rig.carrier.pace(slot: 0, share: 1000, from: .now)
        try await rig.status { $0.pace.current.map { $0 > 900 } ?? false }
        rig.carrier.pace(slot: 0, share: 5, from: .now + .seconds(30))
        try await rig.status { $0.pace.current.map { $0 < 6 } ?? false }
        try await rig.end()
    }

    /// What was not answered is unknown, what was not written is not sent; nothing of it comes later.
    @Test func anAbortedSlotEndsWithoutAWord() async throws {
        let rig = try await Self.rig(Script(submit: { _ in .silent }), lease: Self.held(), binds: 1)
        rig.carrier.take(slot: 0, share: 1_000_000, from: .now)
        try await rig.bound(1)
        async let result = rig.submit("a")
        await rig.smsc.wait { $0.received.count == 1 }
        try await rig.carrier.abort(slot: 0).get()
        #expect(await result == .sent([.unknown(.connectionLost)]))
        await rig.smsc.wait { $0.open == 0 }
        #expect(rig.smsc.state.unbinds == 0 && rig.smsc.state.resets == 1)
        #expect(await rig.submit("b") == .notSent(.noBind))
        rig.carrier.take(slot: 0, share: 1_000_000, from: .now)
        try await rig.bound(1)
        #expect(rig.smsc.state.connections == 2)
        try await rig.carrier.abort(slot: 0).get()
        try await rig.end()
    }

    /// Without the lease not a byte is written, and what waits for it is not sent.
    @Test func nothingIsWrittenWithoutTheLease() async throws {
        let lease = Self.held()
        let rig = try await Self.rig(lease: lease)
        rig.carrier.take(slot: 0, share: 1_000_000, from: .now)
        try await rig.bound(1)
        lease.set(until: BootClock.now)
        async let result = rig.submit("a")
        try await rig.status { $0.binds.first?.window.inUse == 1 }
        try await rig.carrier.abort(slot: 0).get()
        #expect(await result == .notSent(.noBind))
        await rig.smsc.wait { $0.open == 0 }
        #expect(rig.smsc.state.received.isEmpty)
        // One that is a little longer than it seemed.
        lease.set(until: BootClock.now + .seconds(60))
        rig.carrier.take(slot: 0, share: 1_000_000, from: .now)
        try await rig.bound(1)
        lease.set(until: nil)
        async let late = rig.submit("b")
        try await rig.status { $0.binds.first?.window.inUse == 1 }
        lease.set(until: BootClock.now + .seconds(60))
        #expect(await late.isAccepted)
        try await rig.end()
    }

    /// The carrier still counts the dead bind: it is asked again after a second, not after ten.
    @Test func alreadyBoundIsAskedAgainSoon() async throws {
        let events = EventLog()
        let script = Script(bind: { $0 == 0 ? .refuse(.alreadyBound) : .accept() })
        let rig = try await Self.rig(script, lease: Self.held(), events)
        rig.carrier.take(slot: 0, share: 1, from: .now)
        let status = try await rig.status { $0.binds.first?.nextAttemptIn != nil }
        #expect((status.binds.first?.nextAttemptIn ?? 10) <= 1)
        try await rig.bound(1)
        #expect(events.state.reaches[0] == [.refused, .bound])
        try await rig.end()
    }

    @Test func aHostThatIsNotThereIsTold() async throws {
        let events = EventLog()
        let rig = try await Self.rig(lease: Self.held(), events)
        try await rig.smsc.stop()
        rig.carrier.take(slot: 0, share: 1, from: .now)
        try await rig.status { _ in events.state.reaches[0]?.contains(.unreachable) == true }
        try await rig.carrier.close(slot: 0).get()
        #expect(events.state.reaches[0]?.contains(.bound) == false)
        try await rig.end()
    }
}
