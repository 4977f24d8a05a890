import NIOCore
import SMPP
import Testing

@testable import Carriers

/// What we cannot write ourselves is not the carrier's refusal.
@Suite(.timeLimit(.minutes(1))) struct UnwritableTests {
    private let tooLong = String(repeating: "x", count: 255)

    @Test func nothingLeavesAndTheSlotIsFree() async throws {
        let rig = try await Rig.start { $0.setup.limits.window = 1 }
        #expect(await rig.submit(tooLong) == .notSent(.unwritable))
        #expect(await rig.submit(tooLong, "a") == .notSent(.unwritable))
        #expect(await rig.submit("a").isAccepted)
        #expect(rig.smsc.state.received.map(\.text) == ["a"])
        let bind = try await rig.status().binds[0]
        #expect(
            bind.totals.segments.refused == 0 && bind.totals.segments.accepted == 1 && bind.totals.segments.unknown == 0
                && bind.window.inUse == 0)
        try await rig.end()
    }

    @Test(arguments: [1, 10]) func whatWasWrittenBeforeIsTold(window: Int) async throws {
        let rig = try await Rig.start { $0.setup.limits.window = window }
        let result = await rig.submit("a", tooLong, "b")
        guard case .sent(let outcomes) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(outcomes.count == 3)
        #expect(outcomes[1] == .notSent && outcomes[2] == .notSent)
        #expect(SubmissionResult.sent([outcomes[0]]).isAccepted)
        #expect(rig.smsc.state.received.map(\.text) == ["a"])
        try await rig.end()
    }

    @Test func anOlderCarrierGetsNoTLVs() async throws {
        let rig = try await Rig.start(Script(bind: { _ in .accept([TLV(.interfaceVersion, UInt8(0x33))]) }))
        #expect(await rig.submit("a", tlvs: [TLV(.userMessageReference, UInt16(7))]).isAccepted)
        #expect(rig.smsc.state.received[0].message.tlvs == [])
        #expect(await rig.submit("", tlvs: [TLV(.messagePayload, [65])]) == .notSent(.unwritable))
        #expect(await rig.submit("a", tlvs: [TLV(.sarTotalSegments, UInt8(2))]) == .notSent(.unwritable))
        #expect(rig.smsc.state.received.count == 1)
        try await rig.end()
    }
}
