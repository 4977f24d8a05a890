import NIOCore
import SMPP
import Testing

@testable import Carriers

/// What the carrier's answers make of a message.
@Suite(.timeLimit(.minutes(1))) struct SubmissionTests {
    @Test func accepted() async throws {
        let rig = try await Rig.start()
        #expect(await rig.submit("hello") == .sent([.accepted(messageID: "m0-2")]))
        #expect(rig.smsc.state.binds.first?.password == "secret")
        let status = try await rig.status()
        #expect(status.ready && status.binds[0].totals.segments.accepted == 1)
        #expect(status.binds[0].link.smscSystemID == "FAKE")
        try await rig.end()
        #expect(rig.smsc.state.unbinds == 1)
    }

    @Test func acceptedWithoutAnID() async throws {
        let rig = try await Rig.start(Script(submit: { _ in .acceptWithoutID }))
        #expect(await rig.submit("hello") == .sent([.accepted(messageID: "")]))
        try await rig.end()
    }

    @Test func refusalsOfEveryFormNeverCostTheBind() async throws {
        let status = CommandStatus.invalidDestinationAddress
        let rig = try await Rig.start(
            Script(submit: { submit in
                switch submit.place {
                case 0: .refuseWithHeaderOnly(status)
                case 1: .refuse(status)
                case 2: .nack(.invalidCommandID)
                case 3: .refuse(CommandStatus(rawValue: 0x400))
                default: .accept
                }
            }))
        #expect(await rig.submit("a") == .sent([.refused(status)]))
        #expect(await rig.submit("b") == .sent([.refused(status)]))
        #expect(await rig.submit("c") == .sent([.refused(.invalidCommandID)]))
        #expect(await rig.submit("d") == .sent([.refused(CommandStatus(rawValue: 0x400))]))
        #expect(await rig.submit("e").isAccepted)
        #expect(rig.smsc.state.connections == 1)
        try await rig.end()
    }

    @Test func segmentsGoOverOneBindInOrder() async throws {
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .transceiver, count: 3)] }
        let texts = (0..<8).map { "part \($0)" }
        async let first = rig.submit(texts)
        async let second = rig.submit(texts)
        #expect(await first.isAccepted)
        #expect(await second.isAccepted)
        let byBind = Dictionary(grouping: rig.smsc.state.received, by: \.connection)
        for received in byBind.values {
            let expected = received.count == 8 ? texts : texts + texts
            #expect(received.map(\.text) == expected)
        }
        try await rig.end()
    }

    @Test func afterARefusalTheRestIsNotSent() async throws {
        let rig = try await Rig.start(
            Script(submit: { $0.text == "b" ? .refuse(.invalidMessageLength) : .accept }),
            { $0.setup.limits.window = 1 })
        #expect(
            await rig.submit("a", "b", "c", "d")
                == .sent([
                    .accepted(messageID: "m0-2"), .refused(.invalidMessageLength), .notSent, .notSent,
                ]))
        #expect(rig.smsc.state.received.count == 2)
        try await rig.end()
    }

    @Test func silenceIsUnknownAndALateAnswerFreesNothing() async throws {
        let rig = try await Rig.start(
            Script(submit: { $0.place == 0 ? .hold : .accept })
        ) {
            $0.setup.limits.window = 1
            $0.setup.timings.response = .milliseconds(150)
        }
        #expect(await rig.submit("a") == .sent([.unknown(.carrierTimeout)]))
        await rig.smsc.wait { $0.received.count == 1 }
        await rig.smsc.answerHeld()
        #expect(await rig.submit("b").isAccepted)
        let status = try await rig.status { $0.binds[0].totals.segments.late == 1 }
        #expect(status.binds[0].totals.segments.unknown == 1)
        #expect(status.binds[0].window.inUse == 0)
        #expect(rig.smsc.state.connections == 1)
        try await rig.end()
    }

    @Test func theDeadlineComesFirst() async throws {
        let rig = try await Rig.start(Script(submit: { _ in .hold })) { $0.setup.limits.window = 2 }
        let results = await rig.submit("a", "b", "c", within: .milliseconds(150))
        #expect(results == .sent([.unknown(.carrierTimeout), .unknown(.carrierTimeout), .notSent]))
        #expect(await rig.submit("d", within: .milliseconds(50)) == .notSent(.busy))
        await rig.smsc.wait { $0.received.count == 2 }
        await rig.smsc.answerHeld()
        try await rig.status { $0.binds[0].totals.segments.late == 2 }
        try await rig.end()
    }

    @Test func closedInFlightIsUnknownAndTheRestIsNotSent() async throws {
        let rig = try await Rig.start(Script(submit: { $0.text == "b" ? .close : .accept })) {
            $0.setup.limits.window = 1
        }
        #expect(
            await rig.submit("a", "b", "c")
                == .sent([.accepted(messageID: "m0-2"), .unknown(.connectionLost), .notSent]))
        try await rig.bound()
        #expect(await rig.submit("d").isAccepted)
        try await rig.end()
    }

    @Test func throttledIsWrittenAgainInsideTheDeadline() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .refuse(.throttled) : .accept }))
        let began = NIODeadline.now()
        #expect(await rig.submit("a").isAccepted)
        #expect(NIODeadline.now() - began >= .seconds(1))
        #expect(rig.smsc.state.received.map(\.text) == ["a", "a"])
        let status = try await rig.status()
        #expect(status.binds[0].totals.segments.throttled == 1)
        try await rig.end()
    }

    @Test func throttledToTheEndIsARefusal() async throws {
        let rig = try await Rig.start(Script(submit: { _ in .refuse(.throttled) }))
        #expect(await rig.submit("a", within: .milliseconds(900)) == .sent([.refused(.throttled)]))
        try await rig.end()
    }

    @Test func aBindOfNoUseGivesTheMessageToAnother() async throws {
        let rig = try await Rig.start(
            Script(submit: { $0.place == 0 ? .refuse(.invalidBindStatus) : .accept })
        ) {
            $0.setup.lanes = 1
            $0.setup.binds = [BindPlan(kind: .transmitter, count: 2)]
        }
        #expect(await rig.submit("a").isAccepted)
        let received = rig.smsc.state.received
        #expect(received.count == 2)
        #expect(received[0].connection != received[1].connection)
        try await rig.end()
    }

    @Test func oneBindOfNoUseIsARefusal() async throws {
        let rig = try await Rig.start(Script(submit: { _ in .refuse(.invalidBindStatus) }))
        #expect(await rig.submit("a") == .sent([.refused(.invalidBindStatus)]))
        try await rig.end()
    }

    @Test func noBindIsToldAtOnce() async throws {
        let rig = try await Rig.start(Script(bind: { _ in .refuse(.invalidPassword) }), ready: false)
        #expect(!rig.carrier.isReady)
        #expect(await rig.submit("a") == .notSent(.noBind))
        try await rig.end()
    }

    @Test func receiversTakeNoMessages() async throws {
        let rig = try await Rig.start { $0.setup.binds = [BindPlan(kind: .receiver, count: 1)] }
        #expect(!rig.carrier.isReady)
        #expect(await rig.submit("a") == .notSent(.noBind))
        try await rig.end()
    }
}
